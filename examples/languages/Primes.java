import java.util.ArrayList;
import java.util.List;

public class Primes {
    public static void main(String[] args) {
        List<String> primes = new ArrayList<>();
        for (int number = 2; number < 50; number++) {
            int candidate = number;
            if (primes.stream().noneMatch(prime -> candidate % Integer.parseInt(prime) == 0)) {
                primes.add(Integer.toString(number));
            }
        }
        System.out.println(String.join(" ", primes));
    }
}
