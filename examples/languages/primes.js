const primes = [];
for (let number = 2; number < 50; number++) {
  if (primes.every((prime) => number % prime !== 0)) primes.push(number);
}
console.log(primes.join(" "));
