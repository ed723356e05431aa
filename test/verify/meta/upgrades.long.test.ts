/** Versions that follow others. */
import { holdFamily } from './family.ts';
import { randomUpgrades } from './upgrades.ts';

holdFamily({
  name: 'upgrades',
  subjects: [1, 2, 5, 6, 10, 12, 18, 19, 26, 30, 31].map(randomUpgrades),
  flaws: {
    upgradeAssumesNew: 19, // what the new version promises is taken to hold before it
    upgradeFindsNothing: 5, // what is kept is taken to be zero
    upgradeForgetsSums: 10, // the entries of a map are kept, and their sum begins at zero
  },
  refutes: true,
  unknownMax: 0,
});
