// What silence looks like: three ordinary things, of which each person chooses one, and what stands in it differs from
// person to person. Knowing one of them is not knowing them all. Nothing in them names, or begins with, anybody.
import { t, words, type Words } from "./say.ts";

export type Guise = "list" | "habits" | "recipe";
export interface Disguise {
  guise: Guise;
  title: Words;
  items: readonly Words[];
}
interface Manner {
  name: Words; // In the settings.
  app: Words; // What the tab is called.
  all: Words; // Where the way back leads.
  more: Words;
}
interface Sheet {
  title: Words;
  items: readonly Words[];
}

export const GUISES: readonly Guise[] = ["list", "habits", "recipe"];
export const manners: Record<Guise, Manner> = {
  list: { name: words("A list of things"), app: words("Notes"), all: words("Lists"), more: words("New item") },
  habits: { name: words("Habits of the day"), app: words("Habits"), all: words("Days"), more: words("New habit") },
  recipe: { name: words("A recipe"), app: words("Recipes"), all: words("Recipes"), more: words("New step") },
};

const sheets: Record<Guise, readonly Sheet[]> = {
  list: [
    { title: words("Groceries"), items: [words("Oat milk"), words("Bread, the seeded one"), words("Eggs"), words("Bananas"), words("Washing-up liquid"), words("Cat food"), words("Light bulbs, small screw"), words("Birthday card for Mum")] },
    { title: words("Weekend"), items: [words("Return library books"), words("Pump up bike tyres"), words("Batteries"), words("Water the ferns"), words("Drop off parcel"), words("Trim hedge"), words("Wash the car"), words("Bake something")] },
    { title: words("Packing"), items: [words("Socks"), words("Phone charger"), words("T-shirts"), words("Toothbrush"), words("Rain jacket"), words("Book"), words("Swimming things"), words("Snacks for the train")] },
    { title: words("Hardware shop"), items: [words("Sandpaper"), words("Wood glue"), words("Screws, 40 mm"), words("Picture hooks"), words("Masking tape"), words("Small brush"), words("Grey primer"), words("Bin bags")] },
  ],
  habits: [
    { title: words("Today"), items: [words("Glass of water"), words("Stretch"), words("Ten pages"), words("No sugar"), words("Walk at noon"), words("Fruit"), words("Phone away at ten"), words("Sleep by eleven")] },
    { title: words("My day"), items: [words("Make the bed"), words("Vitamins"), words("Five push-ups"), words("Lunch outside"), words("Practise guitar"), words("Tidy one shelf"), words("Tea, not coffee"), words("Plan tomorrow")] },
    { title: words("Daily"), items: [words("Wake at seven"), words("Cold shower"), words("Language lesson"), words("Two litres of water"), words("Feed the birds"), words("Back exercises"), words("Write a line"), words("Lights out early")] },
  ],
  recipe: [
    { title: words("Vegetable soup"), items: [words("Chop the onions"), words("Fry them softly"), words("Add carrots and leek"), words("Pour in the stock"), words("Simmer for 25 minutes"), words("Blend half of it"), words("Salt and pepper"), words("Parsley on top")] },
    { title: words("Banana bread"), items: [words("Heat the oven to 180"), words("Mash the bananas"), words("Stir in oil and sugar"), words("Fold in the flour"), words("Add the walnuts"), words("Into the tin"), words("Bake for 50 minutes"), words("Leave it to cool")] },
    { title: words("Lentil curry"), items: [words("Rinse the lentils"), words("Toast the spices"), words("Soften garlic and ginger"), words("Add tomatoes"), words("Cover with water"), words("Cook for 20 minutes"), words("Stir in spinach"), words("Serve with rice")] },
  ],
};

/** The same for one person every time. The steps of a recipe keep their order; of the others it differs too. */
export function disguiseOf(fingerprint: string, guise: Guise): Disguise {
  const seed = Array.from(fingerprint).reduce((sum, char) => (sum * 31 + (char.codePointAt(0) ?? 0)) >>> 0, 7);
  const all = sheets[guise];
  const { title, items } = all[seed % all.length] ?? { title: manners[guise].app, items: [] };
  const turn = guise === "recipe" ? 0 : Math.floor(seed / all.length) % items.length;
  return { guise, title, items: [...items.slice(turn), ...items.slice(0, turn)] };
}

/** One of its items, as it is read. */
export function item({ items }: Disguise, place: number): string {
  const found = items[place];
  return found === undefined ? "" : t(found);
}
