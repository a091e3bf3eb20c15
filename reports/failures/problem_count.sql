SELECT count(*) AS n FROM problems;
