// Listens where `portman run --service web` says; says whose it is to whoever asks.
const http = require("node:http");

http
  .createServer((request, response) => response.end(process.cwd() + "\n"))
  .listen(Number(process.env.PORT), process.env.HOST);
