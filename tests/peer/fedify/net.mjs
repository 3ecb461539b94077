// Loopback guard + host map for every outbound fetch of this process (must be imported before Fedify).
//
//  * PEER_MAP="photos.test=http://127.0.0.1:8000,alice.test=http://127.0.0.1:8001": a request for
//    https://photos.test/x (or http://) is sent to http://127.0.0.1:8000/x with Host: photos.test and
//    X-Forwarded-Proto: https, so actor ids may be real-looking https URLs without TLS or DNS.
//  * https://localhost[:port] (what WebFinger does for @user@localhost:port) is downgraded to http unless
//    PEER_LOOPBACK_TLS=1.
//  * anything that is not loopback after mapping is refused.
import http from "node:http";
globalThis.navigator ??= { userAgent: `Node.js/${process.version}` }; // Fedify wants Node >= 22; this is all it misses on 20
const real = globalThis.fetch;
export const outbound = []; // [{at, method, url, target, headers, body, status}]
const MAP = new Map();
for (const pair of (process.env.PEER_MAP ?? "").split(",").filter(Boolean)) {
  const i = pair.indexOf("=");
  MAP.set(pair.slice(0, i).trim().toLowerCase(), new URL(pair.slice(i + 1).trim()));
}
export function addMap(host, base) { MAP.set(host.toLowerCase(), new URL(base)); }
const isLoop = (h) =>
  h === "localhost" || h.endsWith(".localhost") || h === "[::1]" || h === "::1" || /^127\.\d+\.\d+\.\d+$/.test(h);

export function route(url) {
  const u = new URL(url);
  const m = MAP.get(u.host.toLowerCase());
  if (m) {
    const t = new URL(u.href);
    t.protocol = m.protocol; t.hostname = m.hostname; t.port = m.port;
    return { target: t, rewritten: true };
  }
  if (u.protocol === "https:" && isLoop(u.hostname) && process.env.PEER_LOOPBACK_TLS !== "1") {
    const t = new URL(u.href);
    const port = u.port; t.protocol = "http:"; t.port = port || "80";
    return { target: t, rewritten: true };
  }
  return { target: u, rewritten: false };
}

globalThis.fetch = async function guardedFetch(input, init, hops = 0) {
  const req = input instanceof Request && init == null ? input : new Request(input, init);
  const url = new URL(req.url);
  const { target, rewritten } = route(url);
  const rec = { at: new Date().toISOString(), method: req.method, url: url.href };
  if (rewritten) rec.target = target.href;
  if (!isLoop(target.hostname)) {
    rec.refused = "not loopback"; outbound.push(rec);
    throw new TypeError(`peer refuses to contact ${target.host}: not loopback (use PEER_MAP)`);
  }
  const headers = new Headers(req.headers);
  const body = req.method === "GET" || req.method === "HEAD" ? undefined : Buffer.from(await req.arrayBuffer());
  if (rewritten) { headers.set("host", url.host); headers.set("x-forwarded-proto", url.protocol.slice(0, -1)); }
  rec.headers = Object.fromEntries(headers);
  if (body) rec.body = body.toString("utf8").slice(0, 20000);
  outbound.push(rec);
  if (outbound.length > 2000) outbound.splice(0, 500);
  let res;
  try {
    res = rewritten
      ? await plain(target, req.method, headers, body, req.signal)
      : await real(target, { method: req.method, headers, body, redirect: req.redirect, signal: req.signal });
  } catch (e) { rec.error = String(e.cause ?? e); throw e; }
  rec.status = res.status;
  Object.defineProperty(res, "url", { value: rewritten ? url.href : res.url });
  const location = rewritten && req.redirect === "follow" && res.status >= 301 && res.status <= 308 && res.headers.get("location");
  if (!location) return res;
  if (hops >= 5) throw new TypeError("too many redirects");
  return await guardedFetch(new Request(new URL(location, url), { headers: req.headers, signal: req.signal }), undefined, hops + 1);
};

// fetch() of Node replaces the header Host, which the other side must see as it was signed.
function plain(target, method, headers, body, signal) {
  return new Promise((ok, no) => {
    const sent = http.request(target, { method, headers: Object.fromEntries(headers), signal }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("error", no);
      answer.on("end", () => {
        const names = Object.entries(answer.headers).map(([name, value]) => [name, [].concat(value).join(", ")]);
        const empty = method === "HEAD" || [204, 205, 304].includes(answer.statusCode);
        ok(new Response(empty ? null : Buffer.concat(chunks), { status: answer.statusCode, headers: names }));
      });
    });
    sent.on("error", no);
    sent.end(body);
  });
}
export { real as realFetch };
