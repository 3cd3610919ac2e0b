// What an invariant of a profile asks, in our words: by a part of its expression, since US Core gives one key to several.

// oxfmt-ignore
const words: readonly (readonly [part: string, words: string])[] = [
  ["sid/cvx').exists() implies",                   'should have an NDC code beside the code of CVX'],
  ["sid/ndc').empty()",                            'should have no NDC code'],
  ['toString().length()',                          'must be precise to the day'],
  ['telecom',                                      'must have telecom or endpoint'],
  ['practitioner',                                 'must have a practitioner, an organization, a healthcareService or a location'],
  ['subject.exists()',                             'should have a subject'],
  ['linkId.isDistinct()',                          'must not have two answered items of one linkId beside each other'],
  ['issued.exists()',                              'must have issued in this status'],
  ['effective.exists()',                           'must have effective in this status'],
  ['performed.exists()',                           'must have performed in this status'],
  ['carrierAIDC',                                  'must have carrierAIDC or carrierHRF in its udiCarrier'],
  ['manufactureDate',                              'must have a date of manufacture or expiry, or a lot, serial or distinct number, beside its udiCarrier'],
  ['relationship.exists()',                        'must have a name or a relationship'],
  ["'MB'",                                         'must have a member number: an identifier of type MB, or subscriberId'],
  ['[0-9]{10}',                                    'must be a National Provider Identifier: ten digits'],
  ['mod 10',                                       'must be a National Provider Identifier: the last digit is the check digit of the others'],
  ['[0-9]{2}D[0-9]{7}',                            'must be a CLIA number: two digits, D, seven digits'],
  ['^[0-9]{5}$',                                   'must be a NAIC code: five digits'],
  ['whenHandedOver',                               'must have whenHandedOver when it is completed'],
  ['requester.exists()',                           'must have a requester when it is an order'],
  ['low.system',                                   'must have limits in units of UCUM'],
  ['ombCategory',                                  'must have no ombCategory beside one that is unknown or was not answered'],
  ['72166-2',                                      'must have a concept as its value, for this code'],
  ['401201003',                                    'should have a quantity as its value, for this code'],
  ['(component.empty()',                           'must have a value or dataAbsentReason, unless it has components or members'],
  ['value.exists() or dataAbsentReason.exists()',  'must have a value or dataAbsentReason'],
  ['unitsofmeasure.org',                           'must have a unit of UCUM'],
  ['snomed.info',                                  'should have a code of SNOMED CT'],
  ['url.exists() or data.exists()',                'must have a url or data'],
  ['family.exists()',                              'must have a family or a given name, or else the extension data-absent-reason'],
]

/** Throws for an invariant that has no words here yet. */
export function wordsFor(expression: string): string {
  const found = words.find(([part]) => expression.includes(part))
  if (found === undefined) throw new Error(`say in profile-words.ts what this asks: ${expression}`)
  return found[1]
}

/** Said by a profile as FHIRPath does not mean it: a list is no condition, and `DateTime` is no type of FHIR's. */
const mended = new Map([
  ['telecom or endpoint', 'telecom.exists() or endpoint.exists()'],
  [
    'practitioner or organization or healthcareService or location',
    'practitioner.exists() or organization.exists() or healthcareService.exists() or location.exists()',
  ],
  [
    '$this is DateTime implies $this.toString().length() >= 10',
    '$this is dateTime implies $this.toString().length() >= 10',
  ],
])

/** The expression, as later releases of the same profile say it. */
export function mend(expression: string): string {
  return mended.get(expression) ?? expression
}
