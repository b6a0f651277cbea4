insert into branch (id, country, city) values (1003, 'Portugal', 'Porto');
