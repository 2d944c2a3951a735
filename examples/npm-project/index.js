import ms from "ms";

for (const milliseconds of process.argv.slice(2).map(Number)) {
  console.log(`${milliseconds} ms are ${ms(milliseconds, { long: true })}`);
}
