// A SCIM server whose protocol is scimmy-routers' own; ours is only the memory behind it.
// Usage: node server.mjs PORT TOKEN. Serves http://127.0.0.1:PORT/scim/v2 until it is stopped.
import { randomUUID } from "node:crypto";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const [port, token] = process.argv.slice(2);

/** Gives a resource type a memory. `unique` names the attribute that no two resources share. */
function declare(Resource, unique) {
  const stored = new Map();
  const same = (one, other) => String(one).toLowerCase() === String(other).toLowerCase();
  const missing = (id) => new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);

  SCIMMY.Resources.declare(Resource)
    .ingress((resource, data) => {
      const now = new Date().toISOString();
      if (resource.id && !stored.has(resource.id)) throw missing(resource.id);
      const id = resource.id ?? randomUUID();
      for (const other of stored.values()) {
        if (other.id !== id && same(other[unique], data[unique])) {
          throw new SCIMMY.Types.Error(409, "uniqueness", `${unique} is taken`);
        }
      }
      const meta = { created: stored.get(id)?.meta.created ?? now, lastModified: now };
      const kept = { ...JSON.parse(JSON.stringify(data)), id, meta };
      stored.set(id, kept);
      return kept;
    })
    .egress((resource) => {
      if (resource.id) {
        if (!stored.has(resource.id)) throw missing(resource.id);
        return stored.get(resource.id);
      }
      const all = [...stored.values()];
      return resource.filter ? resource.filter.match(all) : all;
    })
    .degress((resource) => {
      if (!stored.delete(resource.id)) throw missing(resource.id);
    });
}

SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser);
declare(SCIMMY.Resources.User, "userName");
declare(SCIMMY.Resources.Group, "displayName");

const app = express();
app.use(
  "/scim/v2",
  new SCIMMYRouters({
    type: "bearer",
    docUri: "https://example.com/",
    handler: (request) => {
      if (request.header("Authorization") !== `Bearer ${token}`) throw new Error("The token is not right");
      return "tests";
    },
  }),
);
app.listen(Number(port), "127.0.0.1");
