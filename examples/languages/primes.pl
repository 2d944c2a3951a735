use strict;
use warnings;

my @primes;
for my $number (2 .. 49) {
    push @primes, $number unless grep { $number % $_ == 0 } @primes;
}
print "@primes\n";
