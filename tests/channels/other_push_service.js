// A push service that we did not write (web-push-testing), asked line by line: it says where a browser takes pushes, is
// given one push, and says what it read in it. The hour is the test's, for signatures end.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [, , folder, hour] = process.argv;
Date.now = () => Number(hour);
const require = createRequire(`${folder}/package.json`);
const { PushApiModel } = require("web-push-testing/src/PushApiModel.js");

const model = new PushApiModel();
let client = "";

async function asked({ subscribe, push }) {
  if (subscribe) {
    model.notifyUrl = subscribe.at;
    const { clientHash, endpoint, keys } = await model.subscribe({ userVisibleOnly: "true", applicationServerKey: subscribe.key });
    client = clientHash;
    return { endpoint, keys };
  }
  await model.handleNotification(client, push.headers, Buffer.from(push.body, "base64"));
  return model.getNotifications({ clientHash: client });
}

for await (const line of createInterface({ input: process.stdin })) {
  const told = await asked(JSON.parse(line)).catch((error) => ({ refused: String(error.message) }));
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
