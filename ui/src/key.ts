// The key of one act: sent again with it, because its answer was lost, it is the same act.
/** 128 random bits; `crypto.randomUUID` is missing on plain http. */
export const key = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
