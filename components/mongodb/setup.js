// Run by a Job in mongosh, without a connection. Makes the database what the stack says: the replica set and its members,
// the users of this generation; ends those that are retired. Each step looks first, so that it may be cut at any point and
// run again. It prints no password.
//
// mongosh waits for answers by itself, but not in functions that are handed to others, such as those of map: they get no
// call of the database here.
// eslint-disable-next-line @typescript-eslint/no-require-imports -- mongosh knows no other way
const fs = require("fs");
const task = JSON.parse(process.env.TASK);
const secrets = process.env.SECRETS ?? "/run/secrets/farmstack";
const secret = (file) => fs.readFileSync(`${secrets}/${file}`, "utf8");
const { hosts, replicaSet, database, rotation, retired, hasRoles } = task;
const deadline = Date.now() + task.patience * 1000;

const authenticationFailed = 18;
const uri = (login, address, options) =>
  `mongodb://${login && `${login.user}:${encodeURIComponent(login.password)}@`}${address}/admin?${options}&serverSelectionTimeoutMS=5000`;
const direct = "directConnection=true";

/** A connection as the administrator of the newest generation that the server knows. */
function asAdmin(address, options) {
  const passwords = JSON.parse(secret("admin.json"));
  for (let generation = rotation; generation >= 0; generation--) {
    try {
      const login = { user: `admin-${generation}`, password: passwords[generation] };
      // Not returned at once: mongosh would leave the `try` before it has failed.
      const admin = connect(uri(login, address, options));
      return admin;
    } catch (error) {
      if (error.code !== authenticationFailed) throw error;
    }
  }
  throw new Error(
    `${address} takes no password of generation 0 to ${rotation}. Was rotation lowered, or is the volume another database's? See docs/mongodb.md, "Locked out"`,
  );
}

function must(answer) {
  if (answer.ok !== 1) throw new Error(answer.errmsg);
  return answer;
}

/** Whether any member is in a set. All are asked: one that lost its data gets it back from the others. */
function isInitiated() {
  let found = false;
  for (const host of hosts) {
    const answer = connect(uri("", host, direct)).hello();
    if (answer.setName !== undefined) found = true;
  }
  return found;
}

/** Makes the replica set, once. */
function initiate() {
  if (isInitiated()) return;
  print(`replica set ${replicaSet}: made`);
  const members = hosts.map((host, _id) => ({ _id, host }));
  must(asAdmin(hosts[0], direct).adminCommand({ replSetInitiate: { _id: replicaSet, members } }));
}

/** Adds members that the set does not have yet; it takes one at a time. */
function addMembers(admin) {
  for (const host of hosts) {
    const { config } = must(admin.adminCommand({ replSetGetConfig: 1 }));
    if (config.members.some((member) => member.host === host)) continue;
    print(`replica set ${replicaSet}: ${host} added`);
    const _id = Math.max(...config.members.map((member) => member._id)) + 1;
    const members = [...config.members, { _id, host }];
    must(admin.adminCommand({ replSetReconfig: { ...config, version: config.version + 1, members } }));
  }
}

/** Throws unless there is a primary, and every member has its data. */
function allHealthy(admin) {
  const { members } = must(admin.adminCommand({ replSetGetStatus: 1 }));
  const states = members.map(({ name, stateStr }) => `${name} ${stateStr}`);
  const well = members.every(({ state }) => state === 1 || state === 2);
  if (!well || !members.some(({ state }) => state === 1)) throw new Error(`not ready: ${states.join(", ")}`);
}

/** Makes the user, or gives it its password and roles again. */
function ensureUser(admin, name, pwd, roles) {
  const verb = admin.getUser(name) ? "updateUser" : "createUser";
  must(admin.runCommand({ [verb]: name, pwd, roles: hasRoles ? roles : [] }));
}

function retire(admin) {
  for (const { user } of must(admin.runCommand({ usersInfo: 1 })).users) {
    const [, generation] = /^(?:admin|client|backup)-(\d+)$/.exec(user) ?? [];
    if (generation === undefined || Number(generation) > retired) continue;
    print(`user ${user}: ended`);
    must(admin.runCommand({ dropUser: user }));
  }
}

function setup() {
  if (replicaSet) initiate();
  const everyone = hosts.join(",");
  const options = replicaSet ? `replicaSet=${replicaSet}` : direct;
  const admin = asAdmin(everyone, options).getSiblingDB("admin");
  if (replicaSet) {
    addMembers(admin);
    allHealthy(admin);
  }
  const passwords = JSON.parse(secret("admin.json"));
  const own = { db: database };
  ensureUser(admin, `admin-${rotation}`, passwords[rotation], ["root"]);
  ensureUser(admin, `client-${rotation}`, secret("client"), [
    { role: "readWrite", ...own },
    { role: "dbAdmin", ...own },
  ]);
  ensureUser(admin, `backup-${rotation}`, secret("backup"), ["backup", "restore"]);
  // Only what was seen to work takes the place of what worked before.
  for (const [user, password] of [
    [`admin-${rotation}`, passwords[rotation]],
    [`client-${rotation}`, secret("client")],
    [`backup-${rotation}`, secret("backup")],
  ])
    must(connect(uri({ user, password }, everyone, options)).adminCommand({ ping: 1 }));
  const last = asAdmin(everyone, options).getSiblingDB("admin"); // one that retires may be who is connected
  retire(last);
  print(`users of generation ${rotation}: ready`);
}

for (;;) {
  try {
    setup();
    break;
  } catch (error) {
    print(`${new Date().toISOString()} ${error.message}`);
    if (Date.now() > deadline) quit(1);
    sleep(task.pause ?? 3000);
  }
}
