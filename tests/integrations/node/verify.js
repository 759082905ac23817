// Verifies webhooks with the package of Standard Webhooks, as a partner's server does. Reads one
// object with `secret`, `headers` and `body` per line, prints for each "verified" or why not.
const { Webhook } = require("standardwebhooks");
const lines = require("readline").createInterface({ input: process.stdin });

lines.on("line", (line) => {
  const { secret, headers, body } = JSON.parse(line);
  try {
    new Webhook(secret).verify(Buffer.from(body), headers);
    console.log("verified");
  } catch (error) {
    console.log(error.message);
  }
});
