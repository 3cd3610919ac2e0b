// Policy: decide() and Grant. Pure: no I/O, no clock, no database. Deny by default, every refusal with its rule.
export { decide, type Decision } from './decide.ts'
export { explainRule } from './explain.ts'
export { Grant, grantFor } from './grant.ts'
export type { Action, Actor, Client, Job, Person, Purpose, Question } from './question.ts'
export { type Category, categoryOf, categoryOrder, rights, type Role, roles } from './roles.ts'
export { covers, formatScope, type Narrowing, parseScope, type Scope, sharedScope } from './scopes.ts'
