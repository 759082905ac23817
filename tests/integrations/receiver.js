// A partner's receiver as the documentation shows it (L903), under a server that parses JSON bodies
// into `req.body` as express does. Prints its port, then answers until its input is closed.
const crypto = require("crypto");
const http = require("http");

const SECRET = process.argv[2];

function verifyWebhook(body, signature, secret) {
  const expected = "sha256=" + crypto
    .createHmac("sha256", secret)
    .update(JSON.stringify(body))
    .digest("hex");
  return signature === expected;
}

function receive(req, res) {
  const signature = req.headers["x-shopiq-signature"];
  const isValid = verifyWebhook(req.body, signature, SECRET);
  res.statusCode = isValid ? 200 : 401;
  res.end(isValid ? "OK" : "Invalid signature");
}

const server = http.createServer((req, res) => {
  const pieces = [];
  req.on("data", (piece) => pieces.push(piece));
  req.on("end", () => {
    req.body = JSON.parse(Buffer.concat(pieces).toString("utf8"));
    receive(req, res);
  });
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit(0)).resume();
