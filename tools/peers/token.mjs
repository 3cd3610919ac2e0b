// Prints an access token of a registered program (SMART Backend Services), good for five minutes.
//   node tools/peers/token.mjs https://localhost:8443 CLIENT_ID KEY.jwk.json [SCOPE]
// The server's authority is named by NODE_EXTRA_CA_CERTS.
import { createPrivateKey, randomUUID, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'

const [url, client, keyFile, scope = 'system/*.cruds'] = process.argv.slice(2)
const jwk = JSON.parse(readFileSync(keyFile, 'utf8'))
const { token_endpoint: endpoint } = await (await fetch(`${url}/fhir/R4/.well-known/smart-configuration`)).json()
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const exp = Math.floor(Date.now() / 1000) + 120
const claims = { iss: client, sub: client, aud: endpoint, jti: randomUUID(), exp }
const signed = `${part({ alg: 'ES384', kid: jwk.kid, typ: 'JWT' })}.${part(claims)}`
const key = createPrivateKey({ key: jwk, format: 'jwk' })
const signature = sign('sha384', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')
const body = new URLSearchParams({
  grant_type: 'client_credentials',
  scope,
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: `${signed}.${signature}`,
})
const answer = await (await fetch(endpoint, { method: 'POST', body })).json()
if (answer.access_token === undefined) throw new Error(JSON.stringify(answer))
process.stdout.write(`${answer.access_token}\n`)
