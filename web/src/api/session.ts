import type { Role, Session, SignInStep } from '@chartkeep/model/office'
import { office } from '../paths.ts'
import { ask, tell } from './request.ts'

export const readSession = () => ask<Session>('GET', office.session)
export const signIn = (user: string, password: string) =>
  ask<SignInStep>('POST', office.signIn, { body: { user, password } })
export const sendCode = (code: string) => ask<Session>('POST', office.signInCode, { body: { code } })
export const unlock = (password: string) => ask<Session>('POST', office.unlock, { body: { password } })
export const takeRole = (role: Role) => ask<Session>('POST', office.role, { body: { role } })
export const lock = () => tell('POST', office.lock)
export const signOut = () => tell('POST', office.signOut)
export const reportActivity = () => tell('POST', office.activity)
