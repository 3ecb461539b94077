// Signs and verifies single requests with Fedify: a JSON array of jobs on standard input, an array of answers on standard output.
//   {"do": "sign", "spec", "key": JWK, "keyId", "at": ISO time, "request": {method, url, headers, body}}  -> {headers}
//   {"do": "verify", "owner", "keyId", "pem", "request": {…}}                                            -> {verified, reason}
import "./net.mjs"; // refuses every address that is not loopback
import { importJwk, signRequest, verifyRequestDetailed } from "@fedify/fedify";
import { Temporal } from "@js-temporal/polyfill";

const SPECS = { rfc9421: "rfc9421", cavage: "draft-cavage-http-signatures-12" };
const input = [];
for await (const chunk of process.stdin) input.push(chunk);

const made = ({ method, url, headers, body }) =>
  new Request(url, { method, headers: new Headers(headers), ...(body == null ? {} : { body }) });

async function sign(job) {
  const key = await importJwk(job.key, "private");
  const body = job.request.body == null ? null : new TextEncoder().encode(job.request.body).buffer;
  const signed = await signRequest(made(job.request), key, new URL(job.keyId), {
    spec: SPECS[job.spec], body, currentTime: Temporal.Instant.from(job.at),
  });
  return { headers: [...signed.headers] };
}

async function verify(job) {
  const document = {
    "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
    id: job.owner, type: "Person", inbox: `${job.owner}/inbox`,
    publicKey: { id: job.keyId, owner: job.owner, publicKeyPem: job.pem },
  };
  const documentLoader = async (url) => ({ contextUrl: null, documentUrl: url, document });
  const result = await verifyRequestDetailed(made(job.request), { documentLoader, timeWindow: false });
  return { verified: result.verified, reason: result.reason?.type ?? null, keyId: result.key?.id?.href ?? null };
}

const answers = [];
for (const job of JSON.parse(Buffer.concat(input).toString("utf8"))) {
  try { answers.push(await { sign, verify }[job.do](job)); }
  catch (error) { answers.push({ error: String(error) }); }
}
process.stdout.write(JSON.stringify(answers));
