primes = []
for number in range(2, 50):
    if all(number % prime for prime in primes):
        primes.append(number)
print(*primes)
