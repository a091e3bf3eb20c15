SELECT id, message, source, position, place FROM problems ORDER BY seq LIMIT 100;
