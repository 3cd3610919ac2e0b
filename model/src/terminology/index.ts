// Terminology: code systems and value sets of R4 as shipped, those that a practice stores, and what both say of codes.
export { type CodeBook, codedFindings } from './coded-findings.ts'
export {
  type CodeSystem,
  type Concept,
  joinLibraries,
  type Library,
  type Member,
  splitCanonical,
  type ValueSet,
} from './content.ts'
export { expand, type Expansion, type ExpansionOptions } from './expand.ts'
export { TerminologyFault, type TerminologyFaultCode } from './fault.ts'
export { type Fetch, gather } from './gather.ts'
export { findConcept } from './hierarchy.ts'
export { type Needs, needsOf } from './needs.ts'
export { type Page, pageOf, type PageOptions } from './page.ts'
export { readCodeSystem } from './read-code-system.ts'
export { readValueSet } from './read-value-set.ts'
export { shipped, shippedCodeSystems, shippedValueSets } from './shipped.ts'
export { type Subsumption, subsumption } from './subsumes.ts'
export { openTerminology } from './terminology.ts'
export { type AskedCode, judgeAny, judgeCode, type Judgement, openMembers } from './validate-code.ts'
