// Inputs that grow: each makes an input of about `size` parts, of a shape that somebody would send to cost us time.

const url = 'http://example.com/x'
const many = <T>(size: number, make: (at: number) => T): T[] => Array.from({ length: size }, (_, at) => make(at))
const named = <T>(size: number, make: (at: number) => readonly [string, T]): Record<string, T> =>
  Object.fromEntries(many(size, make))
const coded = { text: 'x' }
const observation = (more: object): object => ({ resourceType: 'Observation', status: 'final', code: coded, ...more })
const patient = (more: object): object => ({ resourceType: 'Patient', ...more })
const div = (content: string): object => ({
  text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${content}</div>` },
})
const extension = (at: number): object => ({ url: `${url}/${at}`, valueString: 'x' })
const usCore = (profile: string): object => ({
  meta: { profile: [`http://hl7.org/fhir/us/core/StructureDefinition/${profile}`] },
})
const vital = (more: object): object => ({
  ...observation({}),
  ...usCore('us-core-blood-pressure'),
  ...more,
})

/** Resources, right and wrong, by what there is much of. */
export const resources: Readonly<Record<string, (size: number) => object>> = {
  'unknown properties': (size) => patient(named(size, (at) => [`unknown${at}`, at])),
  'unknown properties further in': (size) => patient({ name: [named(size, (at) => [`unknown${at}`, at])] }),
  'unknown properties before those of a choice': (size) =>
    observation({ ...named(size, (at) => [`x${at}`, at]), valueString: 'x', valueInteger: 1, valueBoolean: true }),
  'objects with an unknown property each': (size) => patient({ name: many(size, () => ({ unknown: 1 })) }),
  'names that are wrong': (size) => patient({ name: many(size, () => ({ family: 5 })) }),
  'empty objects': (size) => patient({ name: many(size, () => ({})) }),
  extensions: (size) => patient({ extension: many(size, extension) }),
  'extensions of one address': (size) => patient({ extension: many(size, () => extension(0)) }),
  'extensions of primitives': (size) =>
    patient({ name: [{ _given: many(size, (at) => ({ extension: [extension(at)] })) }] }),
  'extensions within each other': (size) =>
    patient({ extension: many(size / 50, () => nested(50, (inner) => ({ url, extension: [inner] }), extension(0))) }),
  'items within each other': (size) => ({
    resourceType: 'Questionnaire',
    status: 'draft',
    item: many(size / 20, (at) =>
      nested(20, (inner, depth) => ({ linkId: `${at}.${depth}`, type: 'group', item: [inner] }), {
        linkId: `${at}`,
        type: 'string',
      }),
    ),
  }),
  'items with conditions': (size) => ({
    resourceType: 'Questionnaire',
    status: 'draft',
    item: many(size, (at) => ({
      linkId: `${at}`,
      type: 'string',
      enableWhen: [{ question: `${at - 1}`, operator: '=', answerString: 'x' }],
    })),
  }),
  answers: (size) => ({
    resourceType: 'QuestionnaireResponse',
    status: 'completed',
    item: many(size, (at) => ({ linkId: `${at}`, answer: [{ valueString: 'x' }] })),
  }),
  codings: (size) => observation({ code: { coding: many(size, (at) => ({ system: url, code: `c${at}` })) } }),
  'codings in components': (size) =>
    observation({
      code: { coding: many(size, (at) => ({ system: url, code: `c${at}` })) },
      component: many(size, (at) => ({ code: { coding: [{ system: url, code: `d${at}` }] } })),
    }),
  'categories of a profile': (size) =>
    vital({ category: many(size, (at) => ({ coding: [{ system: url, code: `c${at}` }] })) }),
  'slices of a profile': (size) =>
    vital({
      component: many(size, (at) => ({ code: { coding: [{ system: 'http://loinc.org', code: `${at % 2}` }] } })),
    }),
  'identifiers of a profile': (size) => ({
    ...patient({ identifier: many(size, (at) => ({ system: url, value: `${at}` })) }),
    ...usCore('us-core-patient'),
  }),
  'claims of profiles': (size) => patient({ meta: { profile: many(size, (at) => `${url}/${at}`) } }),
  'claims of versions that are not held': (size) =>
    patient({
      meta: {
        profile: many(size, (at) => `http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient|${at}`),
      },
    }),
  'claims of one profile': (size) =>
    patient({ meta: { profile: many(size, () => 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient') } }),
  'contained resources that refer to each other': (size) =>
    observation({
      contained: many(size, (at) => ({
        ...observation({}),
        id: `o${at}`,
        hasMember: [{ reference: `#o${(at + 1) % size}` }],
      })),
      hasMember: many(size, (at) => ({ reference: `#o${at}` })),
    }),
  'contained resources that nobody refers to': (size) =>
    observation({ contained: many(size, (at) => ({ ...observation({}), id: `o${at}` })) }),
  'contained resources of one id': (size) =>
    observation({ contained: many(size, () => ({ ...observation({}), id: 'o' })), focus: [{ reference: '#o' }] }),
  'contained resources without id': (size) => observation({ contained: many(size, () => observation({})) }),
  'references to nothing': (size) => observation({ hasMember: many(size, (at) => ({ reference: `#${at}` })) }),
  references: (size) => observation({ hasMember: many(size, (at) => ({ reference: `Observation/${at}` })) }),
  'one long reference': (size) => observation({ hasMember: [{ reference: `http://${'a/'.repeat(size)}` }] }),
  'one long conditional reference': (size) =>
    observation({ subject: { reference: `Patient?identifier=${'a%7C,'.repeat(size)}` } }),
  'ids of elements': (size) => patient({ name: many(size, (at) => ({ id: `n${at}`, family: 'x' })) }),
  'one id of elements': (size) => patient({ name: many(size, () => ({ id: 'n', family: 'x' })) }),
  'concepts of one code': (size) => ({
    resourceType: 'CodeSystem',
    status: 'draft',
    content: 'complete',
    concept: many(size, () => ({ code: 'c' })),
  }),
  concepts: (size) => ({
    resourceType: 'CodeSystem',
    status: 'draft',
    content: 'complete',
    concept: many(size, (at) => ({ code: `c${at}` })),
  }),
  'dates that must differ': (size) => ({
    resourceType: 'Timing',
    ...observation({
      effectiveTiming: { event: many(size, (at) => `20${String(10 + (at % 80))}-01-01T00:00:00.${at}Z`) },
    }),
  }),
  'elements of a definition': (size) => ({
    resourceType: 'StructureDefinition',
    ...{ url, name: 'S', status: 'draft', kind: 'logical', abstract: false, type: 'S' },
    ...{ baseDefinition: url, derivation: 'specialization' },
    differential: { element: many(size, (at) => ({ id: `S.e${at}`, path: `S.e${at}` })) },
  }),
  'entries of a document': (size) => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: many(size, (at) => ({ fullUrl: `urn:uuid:${at}`, resource: patient({}) })),
  }),
  'entries of one address': (size) => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: many(size, () => ({ fullUrl: 'urn:uuid:1', resource: patient({}) })),
  }),
  'entries with claims': (size) => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: many(size / 4, (at) => ({ fullUrl: `urn:uuid:${at}`, resource: patient(usCore('us-core-patient')) })),
  }),
  'a long string': (size) => patient({ name: [{ family: 'a '.repeat(size) }] }),
  'a long string of spaces': (size) => patient({ name: [{ family: ' '.repeat(size) }] }),
  'a long string between spaces': (size) => patient({ name: [{ family: `a${' '.repeat(size)}b` }] }),
  'marks over a letter': (size) => patient({ name: [{ family: `a${'\u0301'.repeat(size)}${'\u0316'.repeat(size)}` }] }),
  'words of narrative with marks': (size) => patient(div(`a${'\u0301'.repeat(size)}${'\u0316'.repeat(size)}`)),
  'a long code': (size) => observation({ status: `${'a '.repeat(size)} ` }),
  'a long code of letters': (size) => observation({ status: `${'a'.repeat(size)}  ` }),
  'a long oid': (size) => patient({ identifier: [{ system: `urn:oid:1${'.1'.repeat(size)}.` }] }),
  'a long date': (size) => patient({ birthDate: '1'.repeat(size) }),
  'a long fraction': (size) => observation({ effectiveDateTime: `2020-01-01T00:00:00.${'1'.repeat(size)}Z!` }),
  'a long address': (size) => patient({ identifier: [{ system: 'a:'.repeat(size) }] }),
  'long base64': (size) => patient({ photo: [{ data: 'AAA A'.repeat(size) }] }),
  'long base64 with an end': (size) => patient({ photo: [{ data: `${'AAAA'.repeat(size)}=A==` }] }),
  'text of narrative': (size) => patient(div('a &amp; b '.repeat(size))),
  'elements of narrative': (size) => patient(div('<p class="x">a</p>'.repeat(size))),
  'elements of narrative within each other': (size) => patient(div('<b>'.repeat(size))),
  'attributes of narrative': (size) => patient(div(`<p ${many(size, (at) => `a${at}="x"`).join(' ')}>a</p>`)),
  'attributes without an end': (size) => patient(div(`<p ${'a="x" '.repeat(size)}<`)),
  'spaces in a tag': (size) => patient(div(`<p${' '.repeat(size)}`)),
  'spaces before an equals sign': (size) => patient(div(`<p a${' '.repeat(size)}`)),
  'open brackets in narrative': (size) => patient(div('<'.repeat(size))),
  'open tags in narrative': (size) => patient(div('<p '.repeat(size))),
  'open comments in narrative': (size) => patient(div('<!--'.repeat(size))),
  'ends of tags in narrative': (size) => patient(div(`</p${' '.repeat(size)}`)),
  'many ends of tags in narrative': (size) => patient(div('</p '.repeat(size))),
  'quotes in narrative': (size) => patient(div(`<p ${`a="`.repeat(size)}`)),
  'ampersands in narrative': (size) => patient(div('&'.repeat(size))),
  'a long reference in narrative': (size) => patient(div(`&${'a'.repeat(size)}`)),
  'digits of a character in narrative': (size) => patient(div(`&#${'0'.repeat(size)}`)),
  'a style in narrative': (size) => patient(div(`<p style="${'position : '.repeat(size)}">a</p>`)),
  'spaces in a style': (size) => patient(div(`<p style="url${' '.repeat(size)}">a</p>`)),
  'words of a style': (size) => patient(div(`<p style="${'url '.repeat(size)}">a</p>`)),
  'an address in narrative': (size) => patient(div(`<a href="${'a'.repeat(size)}">a</a>`)),
  'addresses in narrative': (size) => patient(div('<a href="x/y">a</a>'.repeat(size))),
  'a picture in narrative': (size) => patient(div(`<img src="data:image/png;base64,${'A '.repeat(size)}!"/>`)),
  'href without an end': (size) => patient(div(`<a ${' href'.repeat(size)}>`)),
  'spaces between href': (size) => patient(div(`<a href${' '.repeat(size)}>`)),
}

function nested(depth: number, around: (inner: object, depth: number) => object, core: object): object {
  let made = core
  for (let at = 0; at < depth; at++) made = around(made, at)
  return made
}

/** Texts that are no resource, or are not read as one. */
export const texts: Readonly<Record<string, (size: number) => string>> = {
  'keys of one object': (size) => `{${many(size, (at) => `"k${at}":1`).join()}}`,
  'one key many times': (size) => `{${many(size, () => '"k":1').join()}}`,
  'arrays in a row': (size) => `[${'[],'.repeat(size)}[]]`,
  'arrays without an end': (size) => '['.repeat(size),
  escapes: (size) => `"${'\\u0041'.repeat(size)}"`,
  surrogates: (size) => `"${'\\ud83d\\ude00'.repeat(size)}"`,
  'a backslash at the end': (size) => `"${'\\\\'.repeat(size)}\\`,
  digits: (size) => `[${'1'.repeat(size)}]`,
  'a number with zeros': (size) => `[1.${'0'.repeat(size)}]`,
  'numbers with digits to keep': (size) => `[${many(size, () => '1.50').join()}]`,
  signs: (size) => `[${'-'.repeat(size)}]`,
  'a word': (size) => `[${'t'.repeat(size)}]`,
  spaces: (size) => `[${' '.repeat(size)}x]`,
  'a long name': (size) => `{"${'a'.repeat(size)}":1,"${'a'.repeat(size)}":2}`,
}
