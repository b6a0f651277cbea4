-- Country is on every node, Branch on the node of its country, Parameter on n2.
insert into country (code, name) values ('br', 'Brasil, ' || clock_timestamp());
insert into country (code, name) values ('es', 'Espanha');
insert into branch (id, country, city) values (1001, 'Brasil', 'Recife');
insert into branch (id, country, city) values (1002, 'Espanha', 'Vigo');
insert into parameter (name, text) values ('greeting', 'hello');
