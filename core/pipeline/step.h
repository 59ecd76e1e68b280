#pragma once

#include "core/base/control.h"
#include "core/base/progress.h"
#include "core/embedding/spose_fit.h"
#include "core/pipeline/parameter.h"
#include "core/spaces/map.h"
#include "core/study/study.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tercet {

/// What a live step shows on the way: immutable, replaced by the next one. An ArrayBundle is the step's result as far
/// as it has come, with arrays of the same names and meaning.
using Snapshot = std::variant<std::shared_ptr<const FitSnapshot>, std::shared_ptr<const MapSnapshot>,
                              std::shared_ptr<const ArrayBundle>>;

/// Something a step needs.
struct StepInput {
    enum class Kind {
        Stimuli,       ///< their number
        Ratings,       ///< the study's imported ratings
        Categories,    ///< the same, and they must have emotion categories
        Judgments,     ///< of the system: imported, else made by simulate-judgments
        Validation,    ///< of the system, about T2's triplets: imported, else made by simulate-validation
        Repeats,       ///< of the system, of triplets that it was asked several times (T8): imported
        Embedding,     ///< of the system: imported, else made by fit-embedding
        Features,      ///< of the system: its embedding, or for a rating table the study's ratings
        Scans,         ///< of the subject: imported fMRI
        Surface,       ///< of the subject, else the one for all subjects: imported
        Parcels,       ///< of that surface's vertices: imported
        VolumeParcels, ///< of a volume in mm: imported
        Regions,       ///< which parcels make a region: the study's table, else the usual one
        Result,        ///< of the step named `step`
    };
    std::string name;
    Kind kind = Kind::Result;
    std::string step = {};            ///< Result only
    std::string systemParameter = {}; ///< a parameter that names another system to take it from; "" there means own
    /// Not 0: of every system that has it, or can, and of at least so many; each is an input named "name/system".
    std::size_t everySystem = 0;
    /// The same for subjects: named "name/subject", or with both "name/system/subject".
    std::size_t everySubject = 0;
    bool optional = false; ///< taken where it is there or can be made; the step does without it otherwise
    /// A parameter and its value with which the input is taken at all; empty: with every value.
    std::pair<std::string, std::string> onlyWith = {};
};

/// The name of an input "of every system" or "of every subject" for one of them.
[[nodiscard]] std::string nameOfInput(const std::string& input, const std::string& systemOrSubject);

/// Everything a step's function may look at while it runs, off the GUI thread.
struct StepContext {
    const Study& study;
    const System* system = nullptr;   ///< null for a step of the whole study
    const Subject* subject = nullptr; ///< null for a step of all subjects
    std::vector<System> systems;      ///< of the study, in its order
    std::vector<Subject> subjects;    ///< the same
    const Parameters& parameters;
    /// By input name, but for stimuli and ratings; an optional one that is not there is not in it.
    std::map<std::string, std::shared_ptr<const ArrayBundle>> inputs;
    /// How the inputs were made, by input name; imports are not in it.
    std::map<std::string, ResultRecord> records;
    std::shared_ptr<const Ratings> ratings; ///< for steps that need Ratings
    JobControl& control;
    Progress progress;
    int threads = 1;
    std::size_t memory = 0;                       ///< bytes that large computations may take; changes no result
    std::function<void(const Snapshot&)> publish; ///< never empty
    std::filesystem::path checkpoint;             ///< where to keep what a killed program can go on from

    /// What an input "of every system" gave, with the system, in the study's order.
    [[nodiscard]] std::vector<std::pair<System, std::shared_ptr<const ArrayBundle>>>
    ofEverySystem(const std::string& input) const;
    /// The same of every subject; of a system, where the input is of every system as well.
    [[nodiscard]] std::vector<std::pair<Subject, std::shared_ptr<const ArrayBundle>>>
    ofEverySubject(const std::string& input, const System* ofSystem = nullptr) const;
};

struct StepOutput {
    ArrayBundle arrays; ///< attribute "summary": one short line for people
    std::map<std::string, ParameterValue> settled =
        {};                       ///< parameters that ended otherwise than asked (a fit stopped by hand)
    bool keptUntilStored = false; ///< the checkpoint holds all of it and goes when it is stored
};

/// One analysis, declared once as data (DESIGN, "Steps").
struct Step {
    std::string name;  ///< as on the command line
    std::string title; ///< as in the window
    std::string group; ///< box of the pipeline it stands in
    int version = 1;   ///< counts up whenever the same inputs would give another result
    std::string help;
    std::vector<SystemSource> systems = {}; ///< kinds of systems it runs for; empty: once for all
    std::vector<StepInput> inputs = {};
    std::vector<Parameter> parameters = {};
    bool perSubject = false; ///< runs for each subject; parameters are then the same for all
    std::map<std::string, std::string> arrays =
        {};                     ///< what the result holds: name → shape (first axis first) and meaning
    std::string mainArray = {}; ///< the array of the result that an export means
    std::function<StepOutput(StepContext&)> run;

    [[nodiscard]] bool perSystem() const noexcept { return !systems.empty(); }
    [[nodiscard]] bool runsFor(SystemSource source) const noexcept;
    /// Throws ParameterError naming the parameters there are.
    [[nodiscard]] const Parameter& parameter(const std::string& parameterName) const;
};

/// The table of all steps, in the order of their arrows.
[[nodiscard]] const std::vector<Step>& stepTable();
/// Throws ParameterError naming the steps there are.
[[nodiscard]] const Step& stepNamed(const std::string& name);

} // namespace tercet
