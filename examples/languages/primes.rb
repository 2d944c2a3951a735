primes = []
(2...50).each { |number| primes << number if primes.none? { |prime| (number % prime).zero? } }
puts primes.join(" ")
