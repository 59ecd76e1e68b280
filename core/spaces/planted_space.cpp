#include "core/spaces/planted_space.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/io/terms.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <numeric>
#include <set>

namespace tercet {
namespace {

/// How a rating follows from a component at its full strength.
struct Loading {
    std::string_view term;
    double amount; ///< categories: share of raters who name it; dimensions: points on the scale of 1 to 9
};

constexpr std::size_t kWords = 8;
using Words = std::array<std::string_view, kWords>;

struct Scene {
    Words subjects; ///< names are "subject moment"
    Words moments;
    std::vector<Loading> loadings; ///< the component's label terms first
    std::size_t labelTerms;        ///< how many of them
    std::vector<std::size_t> kin;  ///< components that often come with it
    bool seenOnly = false;         ///< lost on who only reads a description
};

enum : std::size_t {
    kBeauty,
    kFear,
    kCute,
    kFun,
    kSorrow,
    kAwe,
    kDisgust,
    kThrill,
    kLove,
    kPain,
    kAppetite,
    kAnger,
    kMemory,
    kTedium,
    kVictory,
    kMastery,
};

const std::array<Scene, kPlantedComponents>& scenes() {
    // clang-format off
    static const std::array<Scene, kPlantedComponents> table{{
        {{"Misty valley", "Still lake", "Cherry orchard", "Alpine meadow", "Moonlit bay", "Lavender field",
          "Snowy pinewood", "Paper lanterns on a river"},
         {"at dawn", "after the rain", "at dusk", "in the golden hour", "in late autumn", "in silence", "seen from above",
          "in the first light of spring"},
         {{"aesthetic_appreciation", 0.75}, {"calmness", 0.6}, {"arousal", -1.6}, {"valence", 1.6}, {"safety", 1.4},
          {"approach", 1.2}}, 2, {kAwe, kMemory}, true},
        {{"Footsteps behind a door", "Flickering corridor", "Shadow on the stairs", "Abandoned asylum", "Figure in the fog",
          "Whispers in the attic", "Scratching at the window", "Doll that turns its head"},
         {"at midnight", "in a power cut", "during the storm", "with no way out", "on a moonless night", "before the scream",
          "after the sirens stopped", "as the lights go out"},
         {{"fear", 0.75}, {"horror", 0.5}, {"anxiety", 0.35}, {"safety", -2.2}, {"arousal", 1.6}, {"valence", -1.6},
          {"approach", -1.6}, {"control", -1.2}}, 2, {kPain, kDisgust}, false},
        {{"Sleeping kitten", "March of the ducklings", "Baby elephant", "Puppy in a teacup", "Hedgehog in a mitten",
          "Fox cub", "Otters holding hands", "Fawn on new legs"},
         {"by the stove", "in a basket", "under a blanket", "beside its mother", "with the hiccups", "in the snow",
          "on a tiny pillow", "meeting a butterfly"},
         {{"adoration", 0.8}, {"joy", 0.3}, {"valence", 1.6}, {"approach", 1.6}, {"safety", 1.2}}, 1, {kFun, kLove}, false},
        {{"Juggling clown", "Goat on a trampoline", "Cat against a cucumber", "Penguin pile-up", "Toddler and a lemon",
          "Parrot impression", "Dog on a skateboard", "Wedding speech"},
         {"gone wrong", "at the village fair", "in slow motion", "before breakfast", "on live television", "on repeat",
          "in the kitchen", "with a brass band"},
         {{"amusement", 0.8}, {"joy", 0.3}, {"valence", 1.4}, {"arousal", 0.8}, {"approach", 0.8}}, 1, {kCute, kThrill}, false},
        {{"Last farewell", "Empty cradle", "Letter from the front", "Dog at a grave", "Lost child", "Flooded home",
          "Hospital corridor", "Old man's birthday"},
         {"in the rain", "with no reply", "on a winter morning", "at the station", "among strangers", "years later",
          "behind glass", "alone"},
         {{"sadness", 0.75}, {"sympathy", 0.55}, {"valence", -1.8}, {"upswing", -1.6}, {"control", -0.8}}, 2, {kPain, kAnger},
         false},
        {{"Northern lights", "Breaching whale", "Spiral galaxy", "Erupting volcano", "Giant sequoia", "Cathedral of ice",
          "Starlings in flight", "Saturn through a lens"},
         {"over the fjord", "in one long take", "at full height", "as nobody saw it before", "against the night",
          "in time lapse", "through the clouds", "at the edge of the world"},
         {{"awe", 0.75}, {"entrancement", 0.4}, {"attention", 1.8}, {"valence", 0.8}, {"arousal", 0.6}}, 1,
         {kBeauty, kThrill}, true},
        {{"Maggots in a fruit bowl", "Rotting fish", "Mouldy sandwich", "Clogged drain", "Cockroaches in a drawer",
          "Infected toenail", "Hair in the soup", "Leech on an ankle"},
         {"in close-up", "under the sink", "at the height of summer", "at lunchtime", "under bright light", "a week later",
          "in extreme detail", "being removed"},
         {{"disgust", 0.85}, {"approach", -2.0}, {"valence", -1.6}, {"safety", -0.8}}, 1, {kPain, kFear}, false},
        {{"Downhill race", "Roller coaster", "Wingsuit flight", "Motocross jump", "Surfer in the barrel", "Rally car",
          "Bungee leap", "White-water raft"},
         {"at full speed", "from a helmet camera", "over the edge", "upside down", "in the final bend", "into the unknown",
          "against the clock", "without brakes"},
         {{"excitement", 0.8}, {"arousal", 2.0}, {"attention", 1.0}, {"effort", 0.8}}, 1, {kVictory, kAwe}, false},
        {{"First kiss", "Slow dance", "Proposal", "Old couple's waltz", "Reunion at the gate", "Two umbrellas",
          "Serenade", "Candlelit table"},
         {"on the pier", "in the snow", "under a balcony", "in Lisbon", "after the war", "by the sea", "on the last train",
          "at closing time"},
         {{"romance", 0.8}, {"sexual_desire", 0.3}, {"commitment", 1.8}, {"valence", 1.2}, {"approach", 1.0}}, 1,
         {kCute, kMemory}, false},
        {{"Skateboard fall", "Twisted ankle", "Missed dive", "Door on a finger", "Broken wrist", "Belly flop",
          "Bee sting", "Barefoot on a brick"},
         {"from the tenth step", "in front of the crowd", "in replay", "from two sides", "on wet concrete",
          "with a sound", "at the worst moment", "and the landing"},
         {{"empathic_pain", 0.8}, {"surprise", 0.3}, {"valence", -1.0}, {"arousal", 0.8}, {"control", -1.0}}, 1,
         {kFun, kFear}, true},
        {{"Melting chocolate", "Fresh pasta", "Sizzling dumplings", "Honey on warm bread", "Peach tart", "Ramen bowl",
          "Cheese fondue", "Strawberries and cream"},
         {"in macro", "straight from the oven", "at a street stall", "made by hand", "poured slowly", "for two",
          "on a Sunday", "just out of reach"},
         {{"craving", 0.85}, {"satisfaction", 0.25}, {"approach", 1.8}, {"valence", 1.0}}, 1, {kTedium, kBeauty}, false},
        {{"Bully in the schoolyard", "Rigged vote", "Poacher's truck", "Stolen bicycle", "Eviction", "Driver who did not stop",
          "Burning library", "Landlord's smile"},
         {"caught on camera", "in broad daylight", "once again", "with a shrug", "before the judge", "and the bystanders",
          "for a handful of coins", "on a Monday"},
         {{"anger", 0.75}, {"contempt", 0.4}, {"fairness", -2.4}, {"valence", -1.6}, {"obstruction", 1.2}}, 1,
         {kSorrow, kDisgust}, false},
        {{"Old carousel", "Grandmother's radio", "Summer camp film", "Arcade machine", "Box of letters",
          "Ice-cream van", "Drive-in cinema", "School photograph"},
         {"in faded colour", "on Super 8", "from 1974", "with a song everyone knew", "found in the attic",
          "one last time", "before we moved", "in the old street"},
         {{"nostalgia", 0.85}, {"identity", 1.6}, {"arousal", -0.8}, {"valence", 0.6}}, 1, {kBeauty, kLove}, false},
        {{"Drying paint", "Waiting room", "Loading bar", "Queue at the counter", "Test card", "Elevator ride",
          "Car park", "Printer manual"},
         {"in real time", "part one", "with soft music", "on a weekday", "in beige", "without an end", "as seen on camera two",
          "with commentary"},
         {{"boredom", 0.85}, {"attention", -2.2}, {"arousal", -1.6}, {"effort", -0.8}}, 1, {kMemory, kMastery}, false},
        {{"Marathon finish", "Last-second goal", "Summit flag", "Underdog's medal", "Rocket touchdown", "First steps after the crash",
          "Photo finish", "Final note of a long concert"},
         {"in the roar of the crowd", "at last", "against all odds", "in tears", "with the whole team", "on home ground",
          "after forty years", "by a hair"},
         {{"triumph", 0.75}, {"pride", 0.55}, {"admiration", 0.2}, {"upswing", 2.0}, {"effort", 1.4}, {"valence", 1.0}}, 2, {kThrill, kMastery}, false},
        {{"Conductor's baton", "Chess grandmaster", "Falconer", "Harbour pilot", "Drum major", "Swordsmith",
          "Tower crane", "Lion tamer"},
         {"in command", "with one gesture", "at the decisive move", "before the first beat", "without a word",
          "at the top of the craft", "giving the signal", "on the podium"},
         {{"dominance", 3.0}, {"control", 2.6}, {"certainty", 1.2}, {"admiration", 0.2}}, 2, {kVictory, kTedium}, false},
    }};
    // clang-format on
    return table;
}

std::size_t termNumber(std::string_view name) {
    const auto terms = knownTerms();
    const auto at = std::find_if(terms.begin(), terms.end(), [&](const Term& term) { return term.name == name; });
    if (at == terms.end())
        throw std::logic_error(fmt::format("no rated term is named {}", name));
    return static_cast<std::size_t>(at - terms.begin());
}

/// Of a component that a stimulus is all about.
constexpr double kFullWeight = 1.8;

/// The component of each stimulus' scene. Later components are a little rarer than earlier ones.
std::vector<std::size_t> plantScenes(std::size_t stimuli, Rng& rng) {
    std::array<double, kPlantedComponents> frequency{};
    for (std::size_t c = 0; c < kPlantedComponents; ++c)
        frequency[c] = 1 - 0.3 * static_cast<double>(c) / (kPlantedComponents - 1);
    const double total = std::accumulate(frequency.begin(), frequency.end(), 0.0);
    std::vector<std::size_t> scene;
    double upTo = 0;
    for (std::size_t c = 0; c < kPlantedComponents; ++c) {
        upTo += frequency[c] / total;
        scene.resize(static_cast<std::size_t>(std::lround(upTo * static_cast<double>(stimuli))), c);
    }
    shuffle(scene, rng);
    return scene;
}

std::vector<std::string> nameStimuli(const std::vector<std::size_t>& scene, Rng& rng) {
    std::array<std::vector<std::size_t>, kPlantedComponents> order;
    for (auto& numbers : order) {
        numbers.resize(kWords * kWords);
        std::iota(numbers.begin(), numbers.end(), std::size_t{0});
        shuffle(numbers, rng);
    }
    std::array<std::size_t, kPlantedComponents> used{};
    std::vector<std::string> names;
    for (const std::size_t c : scene) {
        const std::size_t number = order[c][used[c] % order[c].size()];
        const std::size_t take = used[c]++ / order[c].size() + 1;
        names.push_back(
            fmt::format("{} {}", scenes()[c].subjects[number / kWords], scenes()[c].moments[number % kWords]));
        if (take > 1)
            names.back() += fmt::format(", take {}", take);
    }
    return names;
}

Matrix<double> plantWeights(const std::vector<std::size_t>& scene, Rng& rng) {
    Matrix<double> weights(scene.size(), kPlantedComponents);
    for (std::size_t i = 0; i < scene.size(); ++i) {
        weights(i, scene[i]) = 1.4 + 1.0 * rng.uniform();
        const auto& kin = scenes()[scene[i]].kin;
        for (const std::size_t other : kin)
            if (rng.uniform() < 0.6)
                weights(i, other) = 0.5 + 0.9 * rng.uniform();
        for (std::size_t touch = 0; touch < 2; ++touch)
            if (rng.uniform() < 0.4) {
                double& weight = weights(i, rng.below(kPlantedComponents));
                weight = std::max(weight, 0.4 + 0.8 * rng.uniform());
            }
    }
    return weights;
}

/// One rater's answer on a scale of 1 to 9.
double answer(double opinion, Rng& rng) { return std::clamp(std::round(opinion + 1.3 * rng.normal()), 1.0, 9.0); }

Matrix<double> plantRatings(MatrixView<const double> weights, Rng& rng) {
    const std::size_t interest = termNumber("interest");
    Matrix<double> ratings(weights.rows(), knownTerms().size());
    for (std::size_t i = 0; i < weights.rows(); ++i) {
        // The chance that nothing in the clip makes a rater name the category.
        std::vector<double> silent(kCategoryCount, 0.985);
        silent[interest] = 0.85;
        std::vector<double> opinion(kDimensionCount, 5);
        for (std::size_t c = 0; c < kPlantedComponents; ++c) {
            const double strength = std::min(weights(i, c) / kFullWeight, 1.1);
            for (const Loading& loading : scenes()[c].loadings) {
                const std::size_t term = termNumber(loading.term);
                if (term < kCategoryCount)
                    silent[term] *= 1 - std::min(loading.amount * strength, 0.95);
                else
                    opinion[term - kCategoryCount] += loading.amount * strength;
            }
        }
        const std::size_t raters = 9 + rng.below(9);
        std::vector<std::size_t> votes(kCategoryCount, 0);
        for (std::size_t term = 0; term < kCategoryCount; ++term)
            for (std::size_t rater = 0; rater < raters; ++rater)
                votes[term] += rng.uniform() >= silent[term];
        if (std::all_of(votes.begin(), votes.end(), [](std::size_t count) { return count == 0; }))
            votes[static_cast<std::size_t>(std::min_element(silent.begin(), silent.end()) - silent.begin())] = 1;
        for (std::size_t term = 0; term < kCategoryCount; ++term)
            ratings(i, term) = static_cast<double>(votes[term]) / static_cast<double>(raters);
        for (std::size_t term = 0; term < kDimensionCount; ++term) {
            const double shared = opinion[term] + 0.35 * rng.normal();
            double sum = 0;
            for (std::size_t rater = 0; rater < raters; ++rater)
                sum += answer(shared, rng);
            ratings(i, kCategoryCount + term) = sum / static_cast<double>(raters);
        }
    }
    return ratings;
}

/// How a model's weights differ from the planted ones.
struct Blur {
    double spread;   ///< standard deviation of the logarithm of a weight's factor
    double lost;     ///< share of weights below 1 that are 0 instead
    double invented; ///< share of zero weights that are small positive ones instead
    double seenOnly; ///< factor of components that must be seen
};

Matrix<double> blurred(MatrixView<const double> weights, const Blur& blur, Rng& rng) {
    Matrix<double> result(weights.rows(), weights.cols());
    for (std::size_t i = 0; i < weights.rows(); ++i)
        for (std::size_t c = 0; c < weights.cols(); ++c) {
            double weight = weights(i, c) * std::exp(blur.spread * rng.normal());
            const double chance = rng.uniform();
            if (weights(i, c) == 0)
                weight = chance < blur.invented ? 0.2 + 0.5 * rng.uniform() : 0;
            else if (weights(i, c) < 1 && chance < blur.lost)
                weight = 0;
            result(i, c) = weight * (scenes()[c].seenOnly ? blur.seenOnly : 1);
        }
    return result;
}

} // namespace

PlantedSpace plantSpace(std::size_t stimuli, std::uint64_t seed) {
    if (stimuli < kFewestPlantedStimuli)
        throw ParameterError({.where = "Stimuli of the demo study",
                              .expected = fmt::format("at least {}", kFewestPlantedStimuli),
                              .found = fmt::format("{}", stimuli)});
    // One stream per part, so that changing one leaves the others as they are.
    Rng sceneRng(seed, 1);
    Rng nameRng(seed, 2);
    Rng weightRng(seed, 3);
    Rng ratingRng(seed, 4);
    Rng mllmRng(seed, 5);
    Rng llmRng(seed, 6);
    const std::vector<std::size_t> scene = plantScenes(stimuli, sceneRng);
    PlantedSpace space;
    space.names = nameStimuli(scene, nameRng);
    space.weights = plantWeights(scene, weightRng);
    space.ratings = plantRatings(space.weights, ratingRng);
    std::vector<std::size_t> rated;
    for (const Scene& part : scenes()) {
        PlantedComponent component{.meaning = std::string(part.loadings.front().term)};
        for (std::size_t t = 0; t < part.labelTerms; ++t)
            component.terms.push_back(termNumber(part.loadings[t].term));
        if (component.terms.front() < kCategoryCount)
            rated.push_back(component.terms.front());
        space.components.push_back(std::move(component));
    }
    Matrix<double> categories(stimuli, rated.size());
    for (std::size_t i = 0; i < stimuli; ++i)
        for (std::size_t c = 0; c < rated.size(); ++c)
            categories(i, c) = space.ratings(i, rated[c]);
    using Judge = PlantedSystem::Judge;
    space.systems = {
        {.name = "mllm",
         .title = "Multimodal model",
         .judge = Judge::Weights,
         .weights = blurred(space.weights, {.spread = 0.1, .lost = 0.05, .invented = 0.01, .seenOnly = 1}, mllmRng),
         .noise = 0.8,
         .parameterCount = 72e9},
        {.name = "llm",
         .title = "Language model",
         .judge = Judge::Weights,
         .weights = blurred(space.weights, {.spread = 0.3, .lost = 0.25, .invented = 0.04, .seenOnly = 0.6}, llmRng),
         .noise = 1.2,
         .parameterCount = 8e9},
        {.name = "human-categories",
         .title = "Rated categories",
         .judge = Judge::Categories,
         .weights = std::move(categories)},
        {.name = "human-dimensions", .title = "Rated dimensions", .judge = Judge::Dimensions},
    };
    return space;
}

} // namespace tercet
