primes <- c()
for (number in 2:49) {
  if (all(number %% primes != 0)) primes <- c(primes, number)
}
cat(paste(primes, collapse = " "), "\n", sep = "")
