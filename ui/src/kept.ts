// What this phone keeps where its service worker can read it too: names and values in one IndexedDB store.
// Nothing of how an alert ended is ever kept here: whoever searches this phone must not learn by which code it was closed.
//
// Names in use:  "token"      the token of the phone that is enrolled in this browser (string)
//                "press/KEY"  a press that no server has taken yet (Waiting, in waiting.ts)
const DATABASE = "tocsin";
const STORE = "kept";
const PATIENCE_MS = 4_000; // Some browsers open a database and never say that they did.

let opening: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opening ??= new Promise<IDBDatabase>((found, failed) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onerror = () => failed(asked.error ?? new Error("not opened"));
    asked.onsuccess = () => {
      const database = asked.result;
      database.onclose = database.onversionchange = () => (database.close(), (opening = null));
      found(database);
    };
    setTimeout(() => failed(new Error("no answer")), PATIENCE_MS);
  });
  opening.catch(() => (opening = null)); // The next one asks anew.
  return opening;
}

async function done<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  const asked = new Promise<T>((found, failed) => {
    const transaction = database.transaction(STORE, mode, { durability: "strict" }); // On the disk, not only on its way to it.
    const request = ask(transaction.objectStore(STORE));
    transaction.oncomplete = () => found(request.result);
    transaction.onerror = transaction.onabort = () => failed(transaction.error ?? new Error("not kept"));
    setTimeout(() => failed(new Error("no answer")), PATIENCE_MS);
  });
  asked.catch(() => (opening = null)); // A phone that slept may have lost its database and never say so: the next one opens it anew.
  return asked;
}

/** Every call is refused where nothing can be kept (a full disk, a private window): whoever needs to know says so. */
export const kept = {
  get: <T>(name: string): Promise<T | undefined> => done<T | undefined>("readonly", (store) => store.get(name) as IDBRequest<T | undefined>),
  put: (name: string, value: unknown): Promise<unknown> => done("readwrite", (store) => store.put(value, name)),
  remove: (name: string): Promise<unknown> => done("readwrite", (store) => store.delete(name)),
  /** Everything whose name begins so. */
  all: <T>(start: string): Promise<T[]> =>
    done<T[]>("readonly", (store) => store.getAll(IDBKeyRange.bound(start, `${start}\uffff`)) as IDBRequest<T[]>),
};
