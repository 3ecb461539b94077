-- One database for each backend and for the Resolver: nothing is shared between them.
CREATE DATABASE b1;
CREATE DATABASE b2;
CREATE DATABASE resolver;
