// Extensions may carry anything. Those that say who somebody is, where they live and how to reach them are known here by
// their address; no other is shown to whoever does not treat patients.

const hl7 = 'http://hl7.org/fhir/StructureDefinition/'
const usCore = 'http://hl7.org/fhir/us/core/StructureDefinition/'

const simple: readonly (readonly [string, string])[] = [
  [hl7, 'data-absent-reason patient-birthPlace patient-birthTime patient-mothersMaidenName patient-religion'],
  [hl7, 'patient-interpreterRequired patient-preferenceType contactpoint-area contactpoint-country'],
  [hl7, 'contactpoint-extension contactpoint-local timezone tz-code tz-offset'],
  [hl7, 'humanname-assembly-order humanname-fathers-family humanname-mothers-family humanname-own-name'],
  [hl7, 'humanname-own-prefix humanname-partner-name humanname-partner-prefix iso21090-EN-qualifier'],
  [hl7, 'iso21090-EN-representation iso21090-EN-use iso21090-preferred iso21090-AD-use'],
  [hl7, 'iso21090-ADXP-additionalLocator iso21090-ADXP-houseNumber iso21090-ADXP-postBox iso21090-ADXP-streetName'],
  [hl7, 'iso21090-ADXP-unitID iso21090-ADXP-unitType iso21090-SC-coding iso21090-TEL-address'],
  [usCore, 'us-core-birthsex us-core-sex us-core-genderIdentity us-core-direct'],
]

/** With parts, each an extension with a name of its own. */
const composed: Readonly<Record<string, string>> = {
  [`${hl7}geolocation`]: 'latitude longitude',
  [`${hl7}patient-citizenship`]: 'code period',
  [`${hl7}patient-nationality`]: 'code period',
  [`${hl7}patient-proficiency`]: 'level type',
  [`${usCore}us-core-race`]: 'ombCategory detailed text',
  [`${usCore}us-core-ethnicity`]: 'ombCategory detailed text',
  [`${usCore}us-core-tribal-affiliation`]: 'tribalAffiliation isEnrolled',
}

const none: KnownExtensions = new Map()

export interface KnownExtensions extends ReadonlyMap<unknown, KnownExtensions> {}

/** By url; within each, those that it may hold. */
export const knownExtensions: KnownExtensions = new Map([
  ...simple.flatMap(([base, names]) => names.split(' ').map((name) => [base + name, none] as const)),
  ...Object.entries(composed).map(
    ([url, parts]) => [url, new Map(parts.split(' ').map((part) => [part, none] as const))] as const,
  ),
])

/** In place of what must be there and is not shown (R4: the code `masked` of data-absent-reason). */
export const masked = { url: `${hl7}data-absent-reason`, valueCode: 'masked' } as const
