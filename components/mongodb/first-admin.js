// Run by start.sh in mongosh, while mongod listens on the loopback alone and asks for no password.
// eslint-disable-next-line @typescript-eslint/no-require-imports -- mongosh knows no other way
const fs = require("fs");
const secret = (file) => fs.readFileSync(`/run/secrets/farmstack/${file}`, "utf8");
const admin = db.getSiblingDB("admin");
const user = secret("username");
const verb = admin.getUser(user) ? "updateUser" : "createUser";
admin.runCommand({ [verb]: user, pwd: secret("password"), roles: ["root"] });
