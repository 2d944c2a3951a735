/** What a program is called in each language. */
export const NAMES = {
  python3: "main.py",
  node: "main.js",
  bash: "main.sh",
  sh: "main.sh",
  ruby: "main.rb",
  perl: "main.pl",
  Rscript: "main.R",
  java: "Main.java",
};

/** Something to begin with. */
export const EXAMPLES = {
  python3: `import time

for number in range(1, 6):
    print(f"step {number}", flush=True)
    time.sleep(0.3)

with open("squares.csv", "w") as table:
    table.write("n,square\\n")
    table.writelines(f"{n},{n * n}\\n" for n in range(1, 11))
`,
  node: `for (const number of [1, 2, 3]) {
  console.log(\`step \${number}\`);
}
`,
  bash: `for number in 1 2 3; do
  echo "step $number"
done
`,
  sh: `for number in 1 2 3; do
  echo "step $number"
done
`,
  ruby: `3.times { |number| puts "step #{number + 1}" }
`,
  perl: `print "step $_\\n" for 1 .. 3;
`,
  Rscript: `for (number in 1:3) cat("step", number, "\\n")
`,
  java: `class Main {
    public static void main(String[] args) {
        for (int number = 1; number <= 3; number++) {
            System.out.println("step " + number);
        }
    }
}
`,
};
