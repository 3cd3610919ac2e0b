/** The stored tree contradicts itself or its signature, so nothing can be added to it. `verifyLedger` says where. */
export class TreeFault extends Error {}
