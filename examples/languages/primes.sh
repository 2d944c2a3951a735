primes=()
for ((number = 2; number < 50; number++)); do
  for prime in "${primes[@]}"; do
    if ((number % prime == 0)); then continue 2; fi
  done
  primes+=("$number")
done
echo "${primes[*]}"
