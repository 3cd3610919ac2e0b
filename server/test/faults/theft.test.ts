import { createReadStream, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { systemClock } from '#base'
import { createAccount, openIdentity } from '#identity'
import { openLog } from '#base'
import { create, createPatient, grant, importer, newRequest, observation, person } from '../fixtures.ts'
import { startInstallation } from '../installation.ts'

// Values that stand nowhere but in what is stored below.
const canaries = {
  family: 'Zwyssigqx',
  given: 'Quirinaxq',
  mrn: 'MRN-77QX3141',
  phone: '5550171843',
  street: 'Canarygasse 77',
  birthDate: '1931-07-19',
  display: 'Canarytic syndrome of Qxoland',
  code: 'QX-90817263',
  note: 'The patient whispered canarium obscurum twice',
  draft: 'Half a thought about canarium inceptum',
  search: 'quirinaxq zwyss',
  document: 'CANARY-DOCUMENT-BYTES-0192837465',
  account: 'dr.qxbird',
  accountName: 'Dr Qxander Birdwhistleqx',
  password: 'a-long-canary-password-qx-17',
}

/** A canary in the forms in which it could lie in a file. */
function forms(text: string): Buffer[] {
  const raw = Buffer.from(text)
  return [
    raw,
    Buffer.from(text.toLowerCase()),
    Buffer.from(text, 'utf16le'),
    Buffer.from(raw.toString('hex')),
    Buffer.from(raw.toString('base64').slice(0, -4)),
    deflateRawSync(raw).subarray(0, -2),
    gzipSync(raw).subarray(10, -8),
  ].filter((form) => form.length > 7)
}

async function findIn(folder: string, needles: readonly { name: string; form: Buffer }[]): Promise<string[]> {
  const found: string[] = []
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name)
    // PostgreSQL writes and removes files of its own all the time.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) continue
    let kept = Buffer.alloc(0)
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      const window = Buffer.concat([kept, chunk as Buffer])
      for (const { name: canary, form } of needles) if (window.includes(form)) found.push(`${canary} in ${name}`)
      kept = window.subarray(-512)
    }
  }
  return [...new Set(found)]
}

test('H-T05: whoever copies the data folder, write-ahead log included, finds nobody in it', async () => {
  const installation = await startInstallation()
  const { records, db, keys, ledger, data } = installation
  const author = person()
  const patient = await createPatient(records, {
    name: [{ family: canaries.family, given: [canaries.given] }],
    birthDate: canaries.birthDate,
    identifier: [{ system: 'urn:mrn', value: canaries.mrn }],
    telecom: [{ system: 'phone', value: canaries.phone }],
    address: [{ line: [canaries.street], city: 'Qx' }],
  })
  const condition = await create(records, {
    resourceType: 'Condition',
    subject: { reference: `Patient/${patient}` },
    code: { coding: [{ system: 'http://snomed.info/sct', code: canaries.code, display: canaries.display }] },
  })
  await create(
    records,
    {
      resourceType: 'DocumentReference',
      status: 'current',
      docStatus: 'final',
      subject: { reference: `Patient/${patient}` },
      description: canaries.note,
      content: [{ attachment: { contentType: 'text/plain', data: Buffer.from(canaries.note).toString('base64') } }],
    },
    importer,
  )
  for (let index = 0; index < 300; index++)
    await create(
      records,
      observation(patient, '8480-6', `2026-01-01T00:00:${String(index % 60).padStart(2, '0')}Z`, index),
    )
  await records.write(
    [
      {
        kind: 'update',
        grant: grant('update', 'Condition'),
        id: condition.id,
        resource: {
          resourceType: 'Condition',
          id: condition.id,
          subject: { reference: `Patient/${patient}` },
          code: { text: canaries.display },
        },
      },
    ],
    newRequest(),
  )
  await records.saveDraft(
    grant('draft', 'DocumentReference', author),
    patient,
    Buffer.from(canaries.draft),
    newRequest(),
  )
  await records.findPatients(grant('search', 'Patient'), canaries.search, 20, newRequest())
  await records.search(
    grant('search', 'Condition'),
    {
      type: 'Condition',
      parameters: [
        ['patient', patient],
        ['code', canaries.code],
      ],
      strict: true,
      count: 5,
    },
    newRequest(),
  )
  await records.storeBinary(
    grant('create', 'Binary'),
    { resourceType: 'Binary', contentType: 'text/plain', securityContext: { reference: `Patient/${patient}` } },
    Readable.from([Buffer.from(canaries.document.repeat(50))]),
    newRequest(),
  )
  const identity = openIdentity({
    db,
    keys,
    ledger,
    clock: systemClock,
    log: openLog('silent'),
    practice: 'Elm Street',
  })
  await createAccount(
    identity.parts,
    {
      tenant: 1,
      user: canaries.account,
      name: canaries.accountName,
      roles: ['clinician'],
      password: canaries.password,
    },
    { actor: { kind: 'system' }, workstation: 'server', request: newRequest() },
  )
  await identity.signIn(
    { tenant: 1, user: canaries.account, password: canaries.password },
    { address: '127.0.0.1', workstation: 'w', request: newRequest() },
  )
  await identity
    .signIn(
      { tenant: 1, user: canaries.account, password: `${canaries.password}x` },
      { address: '127.0.0.1', workstation: 'w', request: newRequest() },
    )
    .catch(() => undefined)

  const needles = Object.entries(canaries).flatMap(([name, text]) => forms(text).map((form) => ({ name, form })))
  // The search itself works: what is written in clear is found.
  await db.transact(1, (tx) => tx.query({ text: `select pg_notify('planted', 'x')` }))
  expect(
    await findIn(data, [
      { name: 'control', form: Buffer.from('PG_VERSION') },
      { name: 'schema', form: Buffer.from('patient_key') },
    ]),
  ).not.toEqual([])
  expect(await findIn(data, needles)).toEqual([])
  await installation.stop()
  expect(await findIn(data, needles)).toEqual([])
})
