console.log("Hello, world, from a sandbox!");
