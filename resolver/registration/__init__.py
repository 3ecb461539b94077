"""How people come to the domain: who may register, on which backend they are placed, and how a name becomes theirs."""
