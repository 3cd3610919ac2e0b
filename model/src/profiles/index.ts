// Profiles: what R4's own profiles and US Core (3.1.1 to 8.0.0) ask beyond R4, from generated facts.
export { claimedProfiles, claimErrors, type Profile, profileOf, validateProfile } from './profile.ts'
export { profilesOf } from './facts.ts'
