import { measureFanout } from './fanout.ts';
console.log(
  JSON.stringify(
    await measureFanout({ hosts: Number(process.argv[2]), concurrencies: [Number(process.argv[2])], runs: 3 }),
    null,
    1,
  ),
);
