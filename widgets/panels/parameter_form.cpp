#include "widgets/panels/parameter_form.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "widgets/panels/number_box.h"
#include "widgets/plots/icons.h"
#include "widgets/plots/look.h"
#include "widgets/plots/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace tercet {
namespace {

QString text(const std::string& utf8) { return QString::fromStdString(utf8); }

QLabel* makeLabel(QWidget* parent) {
    auto* label = new QLabel(parent);
    label->setWordWrap(true);
    label->setTextFormat(Qt::RichText);
    label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    return label;
}

} // namespace

ParameterForm::ParameterForm(StudySession& session, QWidget* parent)
    : QWidget(parent), m_session(session), m_help(makeLabel(this)), m_message(makeLabel(this)),
      m_apply(new QPushButton(tr("Apply"), this)), m_run(new QPushButton(tr("Run"), this)),
      m_defaults(new QPushButton(tr("Defaults"), this)) {
    m_message->setTextFormat(Qt::PlainText);
    m_apply->setToolTip(tr("Keep these values without running (Return)"));
    m_run->setToolTip(tr("Keep these values, then run the step with what it needs (Ctrl+Return)"));
    m_defaults->setToolTip(tr("Put every field to its default"));
    connect(m_apply, &QPushButton::clicked, this, &ParameterForm::apply);
    connect(m_run, &QPushButton::clicked, this, &ParameterForm::run);
    connect(m_defaults, &QPushButton::clicked, this, &ParameterForm::useDefaults);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(kUnit);
    buttons->addWidget(m_defaults);
    buttons->addStretch();
    buttons->addWidget(m_apply);
    buttons->addWidget(m_run);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kUnit, kUnit, kUnit, kUnit);
    layout->setSpacing(kUnit);
    layout->addWidget(m_message);
    layout->addWidget(m_help);
    layout->addLayout(buttons);
    layout->addStretch();
    connect(&session, &StudySession::statesChanged, this, &ParameterForm::readApplied);
    connect(&Theme::instance(), &Theme::changed, this, &ParameterForm::check);
    setTask({});
}

void ParameterForm::setTask(const std::optional<Task>& task) {
    if (task && m_task && *task == *m_task)
        return;
    m_task = task;
    build();
}

QWidget* ParameterForm::field(const std::string& parameter) const {
    const auto found =
        std::find_if(m_rows.begin(), m_rows.end(), [&](const Row& row) { return row.parameter->name == parameter; });
    return found == m_rows.end() ? nullptr : found->field;
}

QString ParameterForm::message() const { return m_message->text(); }

QWidget* ParameterForm::makeField(const Parameter& parameter) {
    if (std::holds_alternative<bool>(parameter.defaultValue)) {
        auto* box = new QCheckBox(m_fields);
        connect(box, &QCheckBox::toggled, this, &ParameterForm::check);
        return box;
    }
    if (!std::holds_alternative<std::string>(parameter.defaultValue)) {
        auto* box = new NumberBox(parameter, m_fields);
        connect(box, &NumberBox::edited, this, &ParameterForm::check);
        return box;
    }
    const Step& step = stepNamed(m_task->step);
    const bool namesSystem = std::any_of(step.inputs.begin(), step.inputs.end(), [&](const StepInput& input) {
        return input.systemParameter == parameter.name;
    });
    if (parameter.choices.empty() && !namesSystem) {
        auto* line = new QLineEdit(m_fields);
        connect(line, &QLineEdit::textChanged, this, &ParameterForm::check);
        return line;
    }
    auto* box = new QComboBox(m_fields);
    for (const std::string& choice : parameter.choices)
        box->addItem(text(choice), text(choice));
    if (namesSystem) {
        box->addItem(tr("its own"), QString());
        for (const System& system : m_session.systems())
            if (system.name != m_task->system)
                box->addItem(text(system.title), text(system.name));
    }
    connect(box, &QComboBox::currentIndexChanged, this, &ParameterForm::check);
    return box;
}

void ParameterForm::build() {
    delete m_fields;
    m_rows.clear();
    m_fields = new QWidget(this);
    auto* grid = new QGridLayout(m_fields);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(kUnit);
    grid->setVerticalSpacing(kHalfUnit);
    grid->setColumnStretch(0, 1);
    qobject_cast<QVBoxLayout*>(layout())->insertWidget(0, m_fields);
    m_help->clear();
    if (m_task) {
        for (const Parameter& parameter : stepNamed(m_task->step).parameters) {
            Row row;
            row.parameter = &parameter;
            row.field = makeField(parameter);
            row.field->setObjectName("parameter-" + text(parameter.name));
            row.field->setAccessibleName(text(parameter.title));
            row.title = new QLabel(text(parameter.title), m_fields);
            row.title->setBuddy(row.field);
            row.title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
            row.reset = new QToolButton(m_fields);
            row.reset->setIcon(themedIcon(QStringLiteral("reset")));
            row.reset->setAutoRaise(true);
            row.reset->setToolTip(tr("Back to the default, %1").arg(text(defaultText(parameter))));
            row.reset->setAccessibleName(tr("Default of %1").arg(text(parameter.title)));
            connect(row.reset, &QToolButton::clicked, this, [this, place = m_rows.size()] {
                setText(m_rows[place], defaultText(*m_rows[place].parameter));
                m_rows[place].field->setFocus();
            });
            QString tip = tr("%1\nExpected: %2").arg(text(parameter.help), text(parameter.domain()));
            if (!parameter.unit.empty())
                tip += tr("\nUnit: %1").arg(text(parameter.unit));
            row.field->setToolTip(tip);
            row.title->setToolTip(tip);
            row.field->installEventFilter(this);
            const int at = static_cast<int>(m_rows.size());
            grid->addWidget(row.title, at, 0);
            grid->addWidget(row.field, at, 1);
            auto* unit = new QLabel(text(parameter.unit), m_fields);
            unit->setForegroundRole(QPalette::PlaceholderText);
            grid->addWidget(unit, at, 2);
            grid->addWidget(row.reset, at, 3);
            m_rows.push_back(row);
        }
    }
    m_fields->setVisible(!m_rows.empty());
    m_defaults->setVisible(!m_rows.empty());
    m_apply->setVisible(!m_rows.empty());
    setEnabled(m_task.has_value() && !m_session.readOnly());
    if (m_rows.empty() && m_task)
        m_help->setText(tr("This step has no parameters."));
    readApplied();
}

void ParameterForm::readApplied() {
    if (!m_task)
        return;
    const auto values = m_session.task(*m_task).parameters.texts();
    for (Row& row : m_rows) {
        const auto found = values.find(row.parameter->name);
        if (found == values.end() || found->second == row.applied)
            continue;
        row.applied = found->second;
        setText(row, row.applied);
    }
    check();
}

std::string ParameterForm::defaultText(const Parameter& parameter) const {
    for (const System& system : m_session.systems())
        if (system.name == m_task->system)
            return toText(parameter.defaultOf(system.source));
    return toText(parameter.defaultValue);
}

std::string ParameterForm::textOf(const Row& row) const {
    if (const auto* box = qobject_cast<const NumberBox*>(row.field))
        return box->text();
    if (const auto* box = qobject_cast<const QCheckBox*>(row.field))
        return box->isChecked() ? "true" : "false";
    if (const auto* box = qobject_cast<const QComboBox*>(row.field))
        return box->currentData().toString().toStdString();
    return qobject_cast<const QLineEdit*>(row.field)->text().toStdString();
}

void ParameterForm::setText(const Row& row, const std::string& value) {
    if (auto* box = qobject_cast<NumberBox*>(row.field))
        box->setText(value);
    else if (auto* check = qobject_cast<QCheckBox*>(row.field))
        check->setChecked(value == "true");
    else if (auto* combo = qobject_cast<QComboBox*>(row.field))
        combo->setCurrentIndex(combo->findData(text(value)));
    else
        qobject_cast<QLineEdit*>(row.field)->setText(text(value));
}

void ParameterForm::check() {
    QString wrong;
    bool changed = false;
    bool allDefault = true;
    for (const Row& row : m_rows) {
        const std::string typed = textOf(row);
        const std::string standard = defaultText(*row.parameter);
        bool isDefault = typed == standard;
        try {
            const std::string value = toText(row.parameter->parse(typed));
            changed = changed || value != row.applied;
            isDefault = value == standard;
        } catch (const Error& error) {
            if (wrong.isEmpty())
                wrong = QString::fromUtf8(error.what());
            changed = true;
        }
        allDefault = allDefault && isDefault;
        QFont font = row.title->font();
        font.setBold(!isDefault);
        row.title->setFont(font);
        row.reset->setEnabled(!isDefault);
    }
    QPalette palette = m_message->palette();
    palette.setColor(QPalette::WindowText, Theme::instance().look().error);
    m_message->setPalette(palette);
    m_message->setText(wrong);
    m_message->setVisible(!wrong.isEmpty());
    m_apply->setEnabled(changed && wrong.isEmpty());
    m_run->setEnabled(wrong.isEmpty());
    m_defaults->setEnabled(!allDefault);
}

std::map<std::string, std::string> ParameterForm::changes() const {
    std::map<std::string, std::string> found;
    for (const Row& row : m_rows) {
        const std::string value = toText(row.parameter->parse(textOf(row)));
        if (value != row.applied)
            found[row.parameter->name] = value == defaultText(*row.parameter) ? "" : value;
    }
    return found;
}

bool ParameterForm::apply() {
    check();
    if (!m_task || !message().isEmpty())
        return false;
    if (const auto texts = changes(); !texts.empty())
        m_session.setTaskParameters(*m_task, texts);
    return true;
}

void ParameterForm::run() {
    if (apply())
        m_session.run(*m_task);
}

void ParameterForm::useDefaults() {
    for (const Row& row : m_rows)
        setText(row, defaultText(*row.parameter));
}

void ParameterForm::explain(const Row& row) {
    const Parameter& parameter = *row.parameter;
    QString html =
        QStringLiteral("<b>%1</b> %2").arg(text(parameter.title).toHtmlEscaped(), text(parameter.help).toHtmlEscaped());
    html += tr(" Default %1; %2.").arg(text(defaultText(parameter)), text(parameter.domain())).toHtmlEscaped();
    if (!parameter.paper.empty())
        html += tr("<br><i>The paper:</i> %1").arg(text(parameter.paper).toHtmlEscaped());
    m_help->setText(html);
}

bool ParameterForm::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::Enter) {
        for (const Row& row : m_rows)
            if (row.field == watched)
                explain(row);
    } else if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event); // NOLINT: the type says so
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            if (key->modifiers().testFlag(Qt::ControlModifier))
                run();
            else
                apply();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace tercet
