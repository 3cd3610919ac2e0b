// FHIR R4 4.0.1 as code: types, strict reading, structure, references, compartments, search values.
export { clinicalDate } from './clinical-date.ts'
export { bundledPatients, type ChartReference, chartReferences, type ChartTarget } from './chart-references.ts'
export { hasPatientCompartment, patientsOf } from './compartment.ts'
export { JsonFault, type JsonFaultCode } from './json-fault.ts'
export { type ElementAt, elementIn } from './element-in.ts'
export { carryDigits, formatJson } from './json-exact.ts'
export { defaultJsonLimits, type JsonLimits, parseJson } from './json.ts'
export { namedPatients } from './named-patients.ts'
export { codeText, displayName } from './names.ts'
export { readReference, type ReferenceText } from './reference-text.ts'
export {
  type FoundReference,
  type LinkKind,
  type LinkMap,
  type LiteralReference,
  referencesIn,
  rewriteLiterals,
  rewriteReferences,
} from './references.ts'
export { isObject } from './resource.ts'
export type {
  CodeableConcept,
  Coding,
  Finding,
  HumanName,
  Identifier,
  JsonObject,
  Meta,
  Period,
  Reference,
  Resource,
} from './resource.ts'
export { codeOfType, isResourceType, type ResourceType, resourceTypes, typeOfCode } from './resource-type.ts'
export { bringsSignature, isSigned, type Signedness, signednessOf, withSignature } from './signed.ts'
export {
  type SearchComponent,
  type SearchParameter,
  searchParameter,
  searchParameters,
  type SearchType,
} from './search-parameter.ts'
export { extract, type SearchPlan, searchPlan } from './search-plan.ts'
export type { SearchValue } from './search-value.ts'
export { allSearchValues, searchValues } from './search-values.ts'
export { type DateRange, dateRange } from './date-range.ts'
export {
  indexClass,
  type IndexClass,
  indexClasses,
  isKeptWithPatients,
  isListed,
  leadsHome,
  parametersOfClass,
} from './index-class.ts'
export { matches, matchesValues } from './search-match.ts'
export { parseQuery, type QueryOptions, type QueryRefusal } from './search-query.ts'
export { isSortable, type SortDirection, type SortKey, sortKeyOf } from './search-sort.ts'
export type { Membership, Terminology } from './search-terms.ts'
export type { Units } from './search-units.ts'
export type { Modifier, Prefix, SearchQuery, WantedValue } from './search-wanted.ts'
export { foldContact, foldText, splitEscaped, unescape, withoutMarks } from './search-text.ts'
export { type Rule, type Shape, shapeOf } from './structure.ts'
export { type Subset, subsetOf } from './subset.ts'
export { isOmissiblePath, omissibleAt } from './leave-out.ts'
export { parseResource, validate } from './validate.ts'
export { narrativeFault } from './narrative.ts'
