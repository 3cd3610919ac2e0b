import type { Equivalent } from './equivalent.ts'

const rows: readonly (readonly [file: string, reason: string, ...changes: string[]])[] = [
  ['search/ask', 'A function that comes to its end returns undefined.', 'default: return undefined → default:'],
  [
    'search/ask',
    'The first part of a split text is always there; neither text is a type or a parameter.',
    '\'\' → "Stryker was here!"',
  ],
  [
    'search/by-time',
    'A date parameter without a modifier is asked for by dates alone.',
    ...["value.kind !== 'date' → false", '{ low: -Infinity, high: Infinity } → {}', '-Infinity → +Infinity'],
  ],
  ['search/by-time', 'It is asked where there is exactly one.', 'known[0]?.within → known[0].within'],
  [
    'search/question',
    'The first part of a split text is always there, and `_has` without a parameter is refused for having too few parts.',
    '\'\' → "Stryker was here!"',
  ],
  ['search/sort', 'Whatever is not "ascending" is descending in the model.', '\'descending\' → ""'],
  ['search/place', 'A page that is looked at has at least one id.', 'id === undefined → false'],
  [
    'each-once',
    'Places that compare equal are one place.',
    'walk.compare(floor, place) < 0 → walk.compare(floor, place) <= 0',
  ],
  ['each-once', 'A full page has at least one row.', 'first.at(-1)?.place → first.at(-1).place'],
  ['patient-face', 'Neither text is an id of ours.', '\'\' → "Stryker was here!"'],
  ['patient-face', 'A text has none of the elements that are asked for.', '[] → ["Stryker was here"]'],
  ['patient-face', 'A nickname is one of the names, so one of them is shown.', 'official?.use → official.use'],
  ['patient-face', 'The name of nobody is empty.', 'official === undefined → false'],
  ['whole', 'A number read as a text is no such address.', "typeof system === 'string' → true"],
  [
    'shard-sums',
    'The signs of both sides are exchanged.',
    '(this.#sums.get(bucket) ?? 0n) + BigInt(sign) * BigInt(`0x${digest}`) → (this.#sums.get(bucket) ?? 0n) - BigInt(sign) * BigInt(`0x${digest}`)',
  ],
  [
    'tokens',
    'What is not remembered is made anew, and is the same.',
    ...[
      'tokens.size > knownLimit → tokens.size >= knownLimit',
      'tokens.size > knownLimit → false',
      'byType === undefined → true',
      'offset === undefined → true',
    ],
  ],
  ['facts', 'What is made distinct, though there is one or none, stays as it is.', 'values.length < 2 → false'],
  ['index-tokens', 'What is made distinct, though there is one or none, stays as it is.', 'found.length < 2 → false'],
  ['index-tokens', 'What is not remembered is made anew, and is the same.', 'plan === undefined → true'],
  [
    'index-tokens',
    'References alone are searched for by the plan; an id that is undefined is none of ours, a type that is undefined is not kept with patients, and the home lies in its own bucket.',
    ...[
      "value.kind !== 'reference' || value.id === undefined || value.id === home → false",
      "value.kind !== 'reference' || value.id === undefined → false",
      "value.kind !== 'reference' → false",
      'value.id === undefined → false',
      'value.id === home → false',
      'value.type === undefined → false',
    ],
  ],
  ['index-tokens', 'Other values have no id.', "value.kind === 'reference' → true"],
  ['index-tokens', 'Whoever stores and whoever looks use the one name.', '\'@refers\' → ""'],
  [
    'content-mark',
    'Whether its content stands beside it is asked of the resource itself, whose type is the same.',
    "stored.type !== 'Binary' → false",
  ],
  ['condition-turns', 'Each parameter is escaped, so none runs into the next.', '\'&\' → ""'],
  [
    'clinical-time',
    'A parameter that there is not has no values, and neither has a text.',
    ...['parameter === undefined → false', '[] → ["Stryker was here"]'],
  ],
  [
    'marks',
    'Nothing that is sent fails otherwise, and the cause is for the log.',
    ...['error instanceof Damaged → true', '{ cause: error } → {}'],
  ],
  [
    'search/cursor',
    'Nothing that is sent fails otherwise, and the cause is for the log.',
    ...['error instanceof Damaged → true', '{ cause: error } → {}'],
  ],
  [
    'search/cursor',
    'What opens was sealed here, in this form: the checks tell the compiler what is known.',
    ...[
      '[] → ["Stryker was here"]',
      '\'parameter-invalid\' → ""',
      "typeof id === 'string' → true",
      "typeof at !== 'number' || parsed === undefined || typeof question !== 'string' || typeof began !== 'number' → false",
      "typeof at !== 'number' || parsed === undefined || typeof question !== 'string' → false",
      "typeof at !== 'number' || parsed === undefined || typeof question !== 'string' → (typeof at !== 'number' || parsed === undefined) && typeof question !== 'string'",
      "typeof at !== 'number' || parsed === undefined → false",
      "typeof at !== 'number' || parsed === undefined → typeof at !== 'number' && parsed === undefined",
      "typeof at !== 'number' → false",
      'parsed === undefined → false',
      "typeof question !== 'string' → false",
      "typeof began !== 'number' → false",
      "typeof value === 'string' || typeof value === 'number' → true",
    ],
  ],
  [
    'search/compare',
    'A sign that is not there says nothing: the record is parsed and compared, more slowly.',
    ...[
      'sign === undefined → true',
      'step === undefined → false',
      'others.length + deeper.length + more.length > 0 → false',
      'others.length + deeper.length + more.length → others.length + deeper.length - more.length',
      'others.length + deeper.length → others.length - deeper.length',
      'step === undefined || others.length + deeper.length + more.length > 0 → false',
      'step === undefined || others.length + deeper.length + more.length > 0 → step === undefined && others.length + deeper.length + more.length > 0',
    ],
  ],
  [
    'search/compare',
    'A parameter has a leaf, and a query of a reference without a modifier a value.',
    ...[
      'leaf?.steps → leaf.steps',
      'value?.kind → value.kind',
      'leaf?.target → leaf.target',
      '[] → ["Stryker was here"]',
    ],
  ],
  [
    'search/compare',
    'A reference parameter finds references alone, and what has no type has no id.',
    ...[
      "value.kind === 'reference' && value.type !== undefined → true",
      "value.kind === 'reference' → true",
      'value.type !== undefined → true',
      'value.id !== undefined → true',
    ],
  ],
  [
    'search/compare',
    'Ids that are found here are always read.',
    ...["!('query' in read) → false", '\'a reference parameter takes ids\' → ""'],
  ],
  [
    'search/sources',
    'Two charts that hold one record hold it at one place.',
    'compareInChart(candidate.place, best.candidate.place) < 0 → compareInChart(candidate.place, best.candidate.place) <= 0',
  ],
  ['search/sources', 'There is nothing behind the last.', 'at < waiting.length → at <= waiting.length'],
  ['terms', 'The first part of a split text is always there.', '\'\' → "Stryker was here!"'],
  [
    'terms',
    'What is shipped is not looked for in any case: the library is put together again, and says the same.',
    ...[
      'needs.valueSets.length + needs.codeSystems.length === 0 → false',
      'valueSets.filter((one) => shippedTerms.members(one)?.complete !== true) → valueSets',
      'shippedTerms.members(one)?.complete !== true → true',
      'codeSystems.filter((one) => shipped.codeSystem(splitCanonical(one).url) === undefined) → codeSystems',
      'shipped.codeSystem(splitCanonical(one).url) === undefined → true',
    ],
  ],
  [
    'visible',
    'A record that is shown whole is parsed and written again as it was.',
    ...['grant.rows === undefined && grant.view === undefined → false', 'shown === resource → false'],
  ],
  [
    'signing',
    'A deletion has no resource, and a note without one has no author.',
    ...["change.kind === 'delete' → false", '\'delete\' → ""', 'resource?.[note.author] → resource[note.author]'],
  ],
  ['signing', 'A manifest has no element of that name.', 'vouching !== undefined → true'],
  [
    'body',
    'Opening fails for what was altered alone, and the cause is for the log.',
    ...['error instanceof Damaged → true', '{ cause: error } → {}'],
  ],
]

/** Of `records`: changes that make no difference, each with its reason. */
export const recordsEquivalents: readonly Equivalent[] = rows.flatMap(([file, reason, ...changes]) =>
  changes.map((change) => ({ file: `server/src/records/${file}.ts`, change, reason })),
)
