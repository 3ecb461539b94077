// An independent fediverse peer: a Fedify server with a loopback control API. See README.md.
import { outbound, route } from "./net.mjs"; // first: replaces globalThis.fetch by the guarded one
import http from "node:http";
import fs from "node:fs";
import path from "node:path";
import { randomUUID, createHash } from "node:crypto";
import {
  createFederation, exportJwk, generateCryptoKeyPair, importJwk, InProcessMessageQueue, MemoryKvStore,
  signJsonLd, signObject, signRequest, verifyRequestDetailed, parseNodeInfo,
} from "@fedify/fedify";
import * as vocab from "@fedify/vocab";
import { lookupWebFinger } from "@fedify/webfinger";
import { Temporal } from "@js-temporal/polyfill";

const env = process.env;
const PORT = Number(env.PEER_PORT ?? 9101);
const CONTROL_PORT = Number(env.PEER_CONTROL_PORT ?? PORT + 1000);
const ORIGIN = (env.PEER_ORIGIN ?? `http://localhost:${PORT}`).replace(/\/$/, "");
const HANDLE_HOST = env.PEER_HANDLE_HOST ?? new URL(ORIGIN).host;
const USERS = (env.PEER_USERS ?? "bob,carol").split(",").map((s) => s.trim()).filter(Boolean);
const INSTANCE = "instance.actor"; // Application actor, always readable unsigned: breaks the secure-mode key-fetch circle
const DATA = env.PEER_DATA ?? path.join(import.meta.dirname, "data", String(PORT));
const SPECS = { rfc9421: "rfc9421", cavage: "draft-cavage-http-signatures-12" };

// runtime switches: GET/POST /config
const cfg = {
  spec: env.PEER_SPEC ?? "rfc9421",             // first knock of Fedify-mode deliveries: rfc9421 | cavage
  acceptSpec: env.PEER_ACCEPT_SPEC ?? "both",   // both | rfc9421 | cavage: other signature kinds get 401
  challenge: env.PEER_CHALLENGE === "1",        // answer 401 with Accept-Signature
  authorizedFetch: env.PEER_AUTHORIZED_FETCH === "1", // actors/collections need a signed GET
  autoAcceptFollow: env.PEER_AUTO_ACCEPT !== "0",
  autoAcceptOffer: env.PEER_AUTO_ACCEPT_OFFER === "1", // answer Offer / Invite with Accept
  ed25519: env.PEER_ED25519 !== "0",            // publish an Ed25519 Multikey and sign FEP-8b32 proofs
  queue: env.PEER_QUEUE === "1",                // use Fedify's queue (retries, backoff) for deliveries
  failNext: 0, failStatus: 503, delayMs: 0, retryAfter: null, // failure injection on POST …/inbox; status 0: cut off unread
  loseNext: 0,                                  // taken, but cut off before the answer
};

if (env.PEER_UNTIL_STDIN_ENDS === "1") process.stdin.resume().on("end", () => process.exit(0));
fs.mkdirSync(DATA, { recursive: true });
const keyFile = path.join(DATA, "keys.json");
const keys = {}; // user -> {rsa:{privateKey,publicKey}, ed:{…}, rev}
async function newPair(alg) { return await generateCryptoKeyPair(alg); }
async function saveKeys() {
  const out = {};
  for (const [u, k] of Object.entries(keys)) {
    out[u] = {};
    for (const t of ["rsa", "ed"]) out[u][t] = { privateKey: await exportJwk(k[t].privateKey), publicKey: await exportJwk(k[t].publicKey) };
  }
  fs.writeFileSync(keyFile, JSON.stringify(out));
}
async function loadKeys() {
  const saved = fs.existsSync(keyFile) ? JSON.parse(fs.readFileSync(keyFile, "utf8")) : {};
  for (const u of [...USERS, INSTANCE]) {
    if (saved[u]) {
      keys[u] = {};
      for (const t of ["rsa", "ed"]) {
        keys[u][t] = { privateKey: await importJwk(saved[u][t].privateKey, "private"), publicKey: await importJwk(saved[u][t].publicKey, "public") };
      }
    } else keys[u] = { rsa: await newPair("RSASSA-PKCS1-v1_5"), ed: await newPair("Ed25519") };
  }
  await saveKeys();
}
await loadKeys();

// ---------------------------------------------------------------- state
const requests = [];   // every inbound HTTP request with its answer
const received = [];   // parsed inbox activities (accepted by Fedify)
const unverified = []; // inbox posts whose signature did not verify, with the reason
const errors = [];
const sent = [];
const rawById = new Map(); // activity id -> the JSON as it came over the wire (Fedify's model drops unknown terms)
const gone = new Set(); const moved = {};
const followers = {}, following = {}, outboxItems = {}, docs = {};
for (const u of USERS) { followers[u] = new Map(); following[u] = new Map(); outboxItems[u] = []; }
const seqOf = (a) => a.length ? a[a.length - 1].seq : 0;
const push = (a, o) => { a.push({ seq: seqOf(a) + 1, at: new Date().toISOString(), ...o }); if (a.length > 5000) a.splice(0, 1000); };

let federation;
function build() {
  federation = createFederation({
    kv: new MemoryKvStore(),
    ...(cfg.queue ? { queue: new InProcessMessageQueue() } : {}),
    origin: { handleHost: HANDLE_HOST, webOrigin: ORIGIN },
    allowPrivateAddress: true,
    firstKnock: SPECS[cfg.spec],
    signatureTimeWindow: { hours: 1 },
    inboxChallengePolicy: { enabled: cfg.challenge },
    circuitBreaker: false,
    userAgent: { software: "FedifyPeer/0.1", url: ORIGIN },
    onOutboxError: (e, a) => push(errors, { where: "outbox", error: String(e), activity: a?.id?.href }),
  });
  const authorize = async (ctx, id) => {
    if (!cfg.authorizedFetch || id === INSTANCE) return true;
    const documentLoader = await ctx.getDocumentLoader({ identifier: INSTANCE });
    return (await ctx.getSignedKeyOwner({ documentLoader, contextLoader: ctx.contextLoader })) != null;
  };

  federation.setActorDispatcher("/users/{identifier}", async (ctx, id) => {
    if (id === INSTANCE) {
      const [k] = await ctx.getActorKeyPairs(id);
      return new vocab.Application({ id: ctx.getActorUri(id), preferredUsername: id, inbox: ctx.getInboxUri(id), outbox: ctx.getOutboxUri(id),
        endpoints: new vocab.Endpoints({ sharedInbox: ctx.getInboxUri() }), publicKey: k.cryptographicKey, manuallyApprovesFollowers: true });
    }
    if (!USERS.includes(id)) return null;
    if (gone.has(id)) return new vocab.Tombstone({ id: ctx.getActorUri(id), deleted: Temporal.Now.instant() });
    const kps = await ctx.getActorKeyPairs(id);
    return new vocab.Person({
      id: ctx.getActorUri(id), preferredUsername: id, name: `${id} (Fedify peer)`,
      summary: "independent test peer", url: new URL(`/@${id}`, ORIGIN),
      inbox: ctx.getInboxUri(id), outbox: ctx.getOutboxUri(id),
      followers: ctx.getFollowersUri(id), following: ctx.getFollowingUri(id),
      endpoints: new vocab.Endpoints({ sharedInbox: ctx.getInboxUri() }),
      publicKey: kps[0].cryptographicKey, assertionMethods: kps.map((k) => k.multikey),
      manuallyApprovesFollowers: !cfg.autoAcceptFollow, discoverable: true,
      ...(moved[id] ? { successor: new URL(moved[id]) } : {}),
    });
  }).setKeyPairsDispatcher(async (_ctx, id) => {
    if (id === INSTANCE) return [keys[id].rsa];
    if (!USERS.includes(id)) return [];
    return cfg.ed25519 ? [keys[id].rsa, keys[id].ed] : [keys[id].rsa];
  }).authorize(authorize);

  federation.setFollowersDispatcher("/users/{identifier}/followers", async (_c, id) => ({ items: [...followers[id].values()] }))
    .setCounter((_c, id) => followers[id].size).authorize(authorize);
  federation.setFollowingDispatcher("/users/{identifier}/following", async (_c, id) => ({ items: [...following[id].values()].filter((f) => f.accepted).map((f) => new URL(f.id)) }))
    .setCounter((_c, id) => following[id].size).authorize(authorize);
  federation.setOutboxDispatcher("/users/{identifier}/outbox", async (_c, id) => ({ items: outboxItems[id].slice(-50).reverse() }))
    .setCounter((_c, id) => outboxItems[id].length).authorize(authorize);
  federation.setNodeInfoDispatcher("/nodeinfo/2.1", () => ({
    software: { name: "fedify-peer", version: "0.1.0" }, protocols: ["activitypub"],
    usage: { users: { total: USERS.length }, localPosts: 0, localComments: 0 },
  }));

  federation.setInboxListeners("/users/{identifier}/inbox", "/inbox")
    .setSharedKeyDispatcher(() => ({ identifier: INSTANCE }))
    .onError((_c, e) => push(errors, { where: "inbox", error: String(e), stack: e?.stack?.split("\n").slice(0, 4) }))
    .onUnverifiedActivity(async (_c, a, reason) => { push(unverified, { id: a.id?.href, actor: a.actorId?.href, reason: JSON.parse(JSON.stringify(reason, (k, v) => v instanceof URL ? v.href : v instanceof Response ? v.status : v)) }); })
    .on(vocab.Activity, async (ctx, a) => {
      const json = await a.toJsonLd({ contextLoader: ctx.contextLoader, format: "compact" }).catch(() => null);
      const type = a.constructor.name;
      push(received, { type, id: a.id?.href, actor: a.actorId?.href, recipient: ctx.recipient, object: a.objectId?.href ?? null, json, raw: rawById.get(a.id?.href) ?? null });
      const me = a.objectId ? ctx.parseUri(a.objectId) : null;
      if (a instanceof vocab.Follow && me?.type === "actor" && USERS.includes(me.identifier)) {
        if (cfg.autoAcceptFollow) {
          const who = await a.getActor(ctx);
          if (who?.id && who.inboxId) {
            followers[me.identifier].set(who.id.href, who);
            await ctx.sendActivity({ identifier: me.identifier }, who, new vocab.Accept({
              id: new URL(`/activities/${randomUUID()}`, ORIGIN), actor: ctx.getActorUri(me.identifier), object: a, to: who.id,
            }), { immediate: true });
          }
        }
      } else if (a instanceof vocab.Undo) {
        const o = await a.getObject(ctx).catch(() => null);
        if (o instanceof vocab.Follow) for (const u of USERS) followers[u].delete(a.actorId?.href);
      } else if (a instanceof vocab.Accept || a instanceof vocab.Reject) {
        const o = await a.getObject(ctx).catch(() => null);
        const fid = o?.id?.href ?? a.objectId?.href;
        for (const u of USERS) for (const f of following[u].values()) {
          if (f.follow === fid && f.id === a.actorId?.href) {
            if (a instanceof vocab.Accept) f.accepted = true; else following[u].delete(f.id);
          }
        }
      } else if ((a instanceof vocab.Offer || a instanceof vocab.Invite) && cfg.autoAcceptOffer && ctx.recipient) {
        const who = await a.getActor(ctx);
        if (who?.inboxId) await ctx.sendActivity({ identifier: ctx.recipient }, who, new vocab.Accept({
          id: new URL(`/activities/${randomUUID()}`, ORIGIN), actor: ctx.getActorUri(ctx.recipient), object: a, to: who.id,
        }), { immediate: true });
      }
    });
}
build();
const baseCtx = () => federation.createContext(new URL(ORIGIN), undefined);
const docLoader = async (as) => await baseCtx().getDocumentLoader({ identifier: as });

// ---------------------------------------------------------------- public server
function readBody(req, limit = 20 << 20) {
  return new Promise((ok, no) => {
    const chunks = []; let n = 0;
    req.on("data", (c) => { n += c.length; if (n > limit) { no(new Error("too large")); req.destroy(); } else chunks.push(c); });
    req.on("end", () => ok(Buffer.concat(chunks))); req.on("error", no);
  });
}
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

async function handle(req, body) {
  const url = new URL(req.url, ORIGIN);
  const headers = new Headers();
  for (let i = 0; i < req.rawHeaders.length; i += 2) headers.append(req.rawHeaders[i], req.rawHeaders[i + 1]);
  const doc = docs[url.pathname];
  if (doc) { // hosted raw documents: POST /docs on the control port
    doc.hits = (doc.hits ?? 0) + 1; doc.lastHeaders = Object.fromEntries(headers);
    if (doc.delayMs) await new Promise((r) => setTimeout(r, doc.delayMs));
    if (doc.redirect) return new Response(null, { status: doc.status ?? 302, headers: { location: doc.redirect } });
    const payload = doc.size ? JSON.stringify({ ...doc.json, padding: "x".repeat(doc.size) }) : (typeof doc.json === "string" ? doc.json : JSON.stringify(doc.json));
    return new Response(payload, { status: doc.status ?? 200, headers: { "content-type": doc.contentType ?? "application/activity+json" } });
  }
  if (url.pathname.startsWith("/media/")) return new Response(PNG, { headers: { "content-type": "image/png" } });
  if (req.method === "POST" && /\/inbox$/.test(url.pathname)) {
    if (cfg.delayMs) await new Promise((r) => setTimeout(r, cfg.delayMs));
    if (cfg.failNext > 0) {
      cfg.failNext--;
      if (!cfg.failStatus) return null;
      return new Response("injected failure", { status: cfg.failStatus, headers: cfg.retryAfter ? { "retry-after": String(cfg.retryAfter) } : {} });
    }
    try { const j = JSON.parse(body.toString("utf8")); if (typeof j?.id === "string") { rawById.set(j.id, j); if (rawById.size > 3000) rawById.delete(rawById.keys().next().value); } } catch {}
    const kind = headers.has("signature-input") ? "rfc9421" : headers.has("signature") ? "cavage" : "none";
    if (cfg.acceptSpec !== "both" && kind !== cfg.acceptSpec && cfg.challenge) {
      for (const name of ["signature", "signature-input"]) headers.delete(name); // Fedify itself then says what it wants
    } else if (cfg.acceptSpec !== "both" && kind !== cfg.acceptSpec) {
      return new Response(`this peer verifies only ${cfg.acceptSpec}, got ${kind}`, { status: 401 });
    }
  }
  const request = new Request(url, { method: req.method, headers, body: ["GET", "HEAD"].includes(req.method) ? undefined : body });
  const text = (t, s) => new Response(t, { status: s });
  return await federation.fetch(request, {
    contextData: undefined,
    onNotFound: () => text("not found", 404), onNotAcceptable: () => text("not acceptable", 406), onUnauthorized: () => text("signed fetch required", 401),
  });
}
let publicUp; const publicReady = new Promise((ok) => { publicUp = ok; });
http.createServer(async (req, res) => {
  let body = Buffer.alloc(0); let r;
  try { body = await readBody(req); r = await handle(req, body); }
  catch (e) { push(errors, { where: "http", error: String(e) }); r = new Response("error", { status: 500 }); }
  const lost = r && req.method === "POST" && cfg.loseNext > 0 && cfg.loseNext--;
  if (r === null || lost) { push(requests, { method: req.method, path: req.url, status: 0 }); req.socket.destroy(); return; }
  const sig = req.headers["signature-input"] ? "rfc9421" : req.headers.signature ? "cavage" : "none";
  const out = Buffer.from(await r.arrayBuffer());
  push(requests, {
    method: req.method, path: req.url, signature: sig, status: r.status, headers: req.headers,
    body: body.length ? body.toString("utf8").slice(0, 100000) : undefined,
    answer: r.status >= 400 ? out.toString("utf8").slice(0, 500) : undefined, answerHeaders: Object.fromEntries(r.headers),
  });
  res.writeHead(r.status, Object.fromEntries(r.headers)); res.end(out);
}).listen(PORT, env.PEER_BIND ?? "127.0.0.1", () => publicUp());

// ---------------------------------------------------------------- sending
async function resolveActor(as, to) {
  const ctx = baseCtx();
  const o = await ctx.lookupObject(to, { documentLoader: await docLoader(as) });
  if (!o) throw new Error(`cannot resolve ${to}`);
  return o;
}
function fill(as, activity) {
  const ctx = baseCtx();
  return {
    "@context": "https://www.w3.org/ns/activitystreams",
    id: new URL(`/activities/${randomUUID()}`, ORIGIN).href,
    actor: ctx.getActorUri(as).href,
    ...activity,
  };
}
const b64 = (buf) => Buffer.from(buf).toString("base64");
const sha256 = (buf) => b64(createHash("sha256").update(buf).digest());

async function sendRaw({ as = USERS[0], inbox, activity, spec = cfg.spec, tamper = [], proof = false, lds = false, keyOf, timeOffset, components, nonce, contentType, extraHeaders }) {
  const ctx = baseCtx();
  let json = activity;
  const kps = await ctx.getActorKeyPairs(as);
  const rsa = kps.find((k) => k.privateKey.algorithm.name === "RSASSA-PKCS1-v1_5");
  if (proof) { // FEP-8b32 eddsa-jcs-2022
    const ed = kps.find((k) => k.privateKey.algorithm.name === "Ed25519");
    const o = await vocab.Activity.fromJsonLd(json, ctx);
    json = await (await signObject(o, ed.privateKey, ed.multikey.id, ctx)).toJsonLd({ ...ctx, format: "compact", contextLoader: ctx.contextLoader });
  }
  if (lds) json = await signJsonLd(json, rsa.privateKey, rsa.keyId, { contextLoader: ctx.contextLoader });
  let keyId = rsa.keyId, privateKey = rsa.privateKey;
  if (keyOf) { const k = (await ctx.getActorKeyPairs(keyOf)).find((x) => x.privateKey.algorithm.name === "RSASSA-PKCS1-v1_5"); keyId = k.keyId; privateKey = k.privateKey; }
  if (tamper.includes("wrong-key")) privateKey = (await newPair("RSASSA-PKCS1-v1_5")).privateKey;
  if (tamper.includes("unknown-keyid")) keyId = new URL(`${ctx.getActorUri(as).href}#no-such-key`);
  let body = Buffer.from(typeof json === "string" ? json : JSON.stringify(json));
  const target = tamper.includes("other-path") ? new URL("/somewhere-else", inbox) : tamper.includes("other-host") ? new URL(new URL(inbox).pathname, "https://other.example") : new URL(inbox);
  let req = new Request(target, { method: "POST", body, headers: { "content-type": contentType ?? "application/activity+json", accept: "application/activity+json" } });
  if (!tamper.includes("no-signature")) {
    const off = timeOffset ?? (tamper.includes("old-date") ? -2 * 86400 : tamper.includes("future-date") ? 2 * 86400 : 0);
    req = await signRequest(req, privateKey, keyId, {
      spec: SPECS[spec], body: body.buffer.slice(body.byteOffset, body.byteOffset + body.length),
      currentTime: Temporal.Now.instant().add({ seconds: off }),
      rfc9421: { ...(components ? { components: components.map((value) => ({ value, params: {} })) } : {}), ...(nonce ? { nonce } : {}) },
    });
  }
  const headers = new Headers(req.headers);
  if (tamper.includes("no-digest")) { headers.delete("digest"); headers.delete("content-digest"); }
  if (tamper.includes("body")) body = Buffer.from(body.toString("utf8").replace(/"type":/, '"tampered":true,"type":'));
  if (tamper.includes("body-fix-digest")) { // change the body AND its digest header, but not the signature
    body = Buffer.from(body.toString("utf8").replace(/"type":/, '"tampered":true,"type":'));
    if (headers.has("digest")) headers.set("digest", `SHA-256=${sha256(body)}`);
    if (headers.has("content-digest")) headers.set("content-digest", `sha-256=:${sha256(body)}:`);
  }
  if (tamper.includes("corrupt-signature")) {
    const s = headers.get("signature"); headers.set("signature", s.replace(/([A-Za-z0-9+/]{20})([A-Za-z0-9+/]{4})/, (_m, a, b) => a + [...b].reverse().join("") ));
  }
  if (tamper.includes("strip-signature-keep-input")) headers.delete("signature");
  if (tamper.includes("bad-created") && headers.get("signature-input")) headers.set("signature-input", headers.get("signature-input").replace(/created=\d+/, "created=1"));
  for (const [k, v] of Object.entries(extraHeaders ?? {})) headers.set(k, v);
  headers.delete("content-length");
  const times = tamper.includes("replay") ? 2 : 1;
  const answers = [];
  for (let i = 0; i < times; i++) {
    const r = await fetch(new Request(inbox, { method: "POST", headers, body, redirect: "manual" }));
    answers.push({ status: r.status, headers: Object.fromEntries(r.headers), body: (await r.text()).slice(0, 800) });
  }
  const rec = { as, inbox, spec, via: "raw", tamper, activity: json, requestHeaders: Object.fromEntries(headers), answers };
  push(sent, rec); return rec;
}

async function sendFedify({ as = USERS[0], to, activity }) {
  const ctx = baseCtx();
  const obj = await vocab.Activity.fromJsonLd(activity, { ...ctx, documentLoader: await docLoader(as), contextLoader: ctx.contextLoader });
  const recipients = [];
  for (const t of [].concat(to)) recipients.push(t === "followers" ? "followers" : await resolveActor(as, t));
  const before = outbound.length;
  let error = null;
  try {
    for (const r of recipients) {
      if (r === "followers") await ctx.sendActivity({ identifier: as }, [...followers[as].values()], obj, { immediate: !cfg.queue });
      else await ctx.sendActivity({ identifier: as }, r, obj, { immediate: !cfg.queue });
    }
    outboxItems[as].push(obj);
  } catch (e) { error = String(e); }
  const posts = outbound.slice(before).filter((o) => o.method === "POST").map((o) => ({ url: o.url, status: o.status, signature: o.headers?.["signature-input"] ? "rfc9421" : "cavage", body: o.body }));
  const rec = { as, to, via: "fedify", firstKnock: cfg.spec, activity, knocks: posts, error };
  push(sent, rec); return rec;
}

// ---------------------------------------------------------------- control API (loopback only)
const J = (res, o, s = 200) => { res.writeHead(s, { "content-type": "application/json" }); res.end(JSON.stringify(o, (k, v) => v instanceof URL ? v.href : v instanceof Map ? Object.fromEntries(v) : v, 2)); };
const since = (a, q) => a.filter((x) => x.seq > Number(q.get("since") ?? 0) && (!q.get("type") || x.type === q.get("type")) && (!q.get("actor") || x.actor === q.get("actor")));
const api = {
  "GET /health": () => ({ ok: true, origin: ORIGIN, users: USERS, config: cfg }),
  "GET /actors": async () => { const c = baseCtx(); return USERS.map((u) => ({ user: u, handle: `@${u}@${HANDLE_HOST}`, id: c.getActorUri(u).href, inbox: c.getInboxUri(u).href, sharedInbox: c.getInboxUri().href })); },
  "GET /config": () => cfg,
  "POST /config": (q, b) => { const rebuild = ["spec", "challenge", "queue", "ed25519"].some((k) => k in b && b[k] !== cfg[k]); Object.assign(cfg, b); if (rebuild) build(); return cfg; },
  "GET /received": (q) => since(received, q), "DELETE /received": () => { received.length = 0; return []; },
  "GET /requests": (q) => since(requests, q), "GET /unverified": (q) => since(unverified, q),
  "GET /sent": (q) => since(sent, q), "GET /errors": (q) => since(errors, q), "GET /outbound": () => outbound.slice(-200),
  "GET /followers": (q) => [...followers[q.get("as") ?? USERS[0]].keys()],
  "GET /following": (q) => [...following[q.get("as") ?? USERS[0]].values()],
  "GET /webfinger": async (q) => { const h = q.get("handle").replace(/^@/, ""); return await lookupWebFinger(h.includes("://") ? new URL(h) : `acct:${h}`, { allowPrivateAddress: true }); },
  "GET /nodeinfo": async (q) => { // Fedify's own client asks no loopback address, so only its parser is used
    const links = (await (await fetch(new URL("/.well-known/nodeinfo", q.get("url")))).json()).links;
    const link = links.find((l) => /nodeinfo\.diaspora\.software\/ns\/schema\/2\.[01]$/.test(l.rel));
    return parseNodeInfo(await (await fetch(link.href)).json());
  },
  "GET /lookup": async (q) => { const c = baseCtx(); const as = q.get("as") ?? USERS[0]; const o = q.get("unsigned") ? await c.lookupObject(q.get("uri")) : await c.lookupObject(q.get("uri"), { documentLoader: await docLoader(as) }); return o ? { class: o.constructor.name, json: await o.toJsonLd({ contextLoader: c.contextLoader, format: "compact" }) } : null; },
  "POST /follow": async (q, b) => {
    const as = q.get("as") ?? b.as ?? USERS[0]; const who = await resolveActor(as, q.get("handle") ?? b.handle);
    const activity = fill(as, { type: "Follow", object: who.id.href, to: [who.id.href] });
    following[as].set(who.id.href, { id: who.id.href, follow: activity.id, accepted: false });
    return await sendFedify({ as, to: who.id.href, activity });
  },
  "POST /unfollow": async (q, b) => {
    const as = q.get("as") ?? b.as ?? USERS[0]; const who = await resolveActor(as, q.get("handle") ?? b.handle); const f = following[as].get(who.id.href);
    following[as].delete(who.id.href);
    return await sendFedify({ as, to: who.id.href, activity: fill(as, { type: "Undo", object: { type: "Follow", id: f?.follow, actor: baseCtx().getActorUri(as).href, object: who.id.href } }) });
  },
  // body: {as, to|inbox, activity, via:"fedify"|"raw", spec, tamper:[…], proof, lds, keyOf, timeOffset, components, nonce}
  "POST /send": async (q, b) => {
    const as = b.as ?? USERS[0]; const activity = b.fill === false ? b.activity : fill(as, b.activity);
    if ((b.via ?? "fedify") === "raw") {
      const inbox = b.inbox ?? (await resolveActor(as, b.to)).inboxId.href;
      return await sendRaw({ ...b, as, inbox, activity });
    }
    return await sendFedify({ as, to: b.to, activity });
  },
  "POST /note": async (q, b) => {
    const as = b.as ?? USERS[0]; const c = baseCtx(); const id = new URL(`/objects/${randomUUID()}`, ORIGIN).href;
    const note = { type: "Note", id, attributedTo: c.getActorUri(as).href, content: b.content ?? "hello", to: b.public ? ["https://www.w3.org/ns/activitystreams#Public"] : [].concat(b.to ?? []),
      attachment: b.image ? [{ type: "Image", mediaType: "image/png", url: new URL("/media/1.png", ORIGIN).href, name: "a pixel" }] : undefined };
    docs[new URL(id).pathname] = { json: { "@context": "https://www.w3.org/ns/activitystreams", ...note } };
    return await sendFedify({ as, to: b.to, activity: fill(as, { type: "Create", object: note, to: note.to }) });
  },
  "POST /docs": (q, b) => { docs[b.path] = b; return { url: new URL(b.path, ORIGIN).href }; },
  "GET /docs": () => docs,
  "POST /rotate-key": async (q, b) => { // mode "announce": new keys + Update of the actor; "silent": just new keys
    const as = b.as ?? USERS[0]; keys[as] = { rsa: await newPair("RSASSA-PKCS1-v1_5"), ed: await newPair("Ed25519") }; await saveKeys();
    const actor = await federation.createContext(new Request(baseCtx().getActorUri(as)), undefined).getActor(as); const json = await actor.toJsonLd({ contextLoader: baseCtx().contextLoader, format: "compact" });
    if (b.to) return await sendFedify({ as, to: b.to, activity: fill(as, { "@context": json["@context"], type: "Update", object: json }) });
    return json;
  },
  "POST /delete-actor": async (q, b) => { // sends Delete(actor) first, then answers 410 for it
    const as = b.as ?? USERS[0]; const id = baseCtx().getActorUri(as).href; let r = null;
    if (b.to) r = await sendFedify({ as, to: b.to, activity: fill(as, { type: "Delete", object: id, to: ["https://www.w3.org/ns/activitystreams#Public"] }) });
    gone.add(as); return r ?? { gone: id };
  },
  "POST /restore-actor": (q, b) => { gone.delete(b.as ?? USERS[0]); delete moved[b.as ?? USERS[0]]; return {}; },
  "POST /move": async (q, b) => { const as = b.as ?? USERS[0]; moved[as] = b.target; return b.to ? await sendFedify({ as, to: b.to, activity: fill(as, { type: "Move", object: baseCtx().getActorUri(as).href, target: b.target }) }) : {}; },
  "POST /verify": async (q, b) => { // re-verify a logged inbound request by its seq: which key, or why not
    const r = requests.find((x) => x.seq === b.seq); const h = new Headers(r.headers); const c = baseCtx();
    const v = await verifyRequestDetailed(new Request(new URL(r.path, ORIGIN), { method: r.method, headers: h, body: r.method === "GET" ? undefined : r.body }), { documentLoader: c.documentLoader, contextLoader: c.contextLoader, timeWindow: false });
    return { verified: v.verified, keyId: v.key?.id?.href, reason: v.reason };
  },
};
http.createServer(async (req, res) => {
  const u = new URL(req.url, "http://c"); const f = api[`${req.method} ${u.pathname}`];
  if (!f) return J(res, { error: "no such control call", calls: Object.keys(api) }, 404);
  try { const raw = await readBody(req); J(res, await f(u.searchParams, raw.length ? JSON.parse(raw) : {})); }
  catch (e) { J(res, { error: String(e), cause: e?.cause ? String(e.cause) : undefined, stack: e?.stack?.split("\n").slice(0, 5) }, 500); }
}).listen(CONTROL_PORT, "127.0.0.1", async () => { await publicReady; console.log(JSON.stringify({ ready: true, pid: process.pid, origin: ORIGIN, control: `http://127.0.0.1:${CONTROL_PORT}`, users: USERS, spec: cfg.spec })); });
