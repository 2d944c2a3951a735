'use strict';
// What a Node.js that was started ahead loads before its program: see await/node.c. Threads of the program load it once
// more, and find that the variable is gone.
if (process.env.SANDRUN_AWAITS === '1') {
  const told = { exports: {} };
  process.dlopen(told, __dirname + '/node.so');
  process.argv.splice(2, process.argv.length, ...told.exports.slice(2));
}
for (const path of Object.keys(require.cache)) delete require.cache[path];
for (const path of Object.keys(module.constructor._pathCache)) delete module.constructor._pathCache[path];
