SELECT count(*) AS traces, least(count(*), 20) AS shown FROM traces;
