package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"partwork/internal/app"
)

// The groups of commands, in the order of --help.
const (
	groupStart  = "start"
	groupWrite  = "write"
	groupPeople = "people"
	groupRun    = "run"
)

const defaultConfig = "partwork.yaml"

// newRoot returns the whole tree of commands.
func newRoot(e *env) *cobra.Command {
	root := &cobra.Command{
		Use:   "partwork",
		Short: "Send a series of emails, one issue at a time, to each reader on their own calendar",
		Long: "Partwork sends a planned series by email: each reader gets issue 1 when they join and the\n" +
			"next issue on the series' own calendar, in their own time zone, once each.\n\n" +
			"Exit status: 0 done, 1 it failed, 2 wrong usage or configuration, 3 findings.",
		Example:       "  partwork demo\n  partwork init letters\n  partwork check\n  partwork serve",
		Version:       app.Version(),
		Args:          noSuchCommand,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          showHelp,
	}
	root.SetIn(e.stdin)
	root.SetOut(e.stdout)
	root.SetErr(e.stderr)
	root.SetVersionTemplate("partwork {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.PersistentFlags().StringVar(&e.configFile, "config", defaultConfig, "read the configuration from `FILE`")
	root.PersistentFlags().StringVar(&e.operator, "operator", "", "the `NAME` for the audit log (default: the system's user)")
	root.AddGroup(
		&cobra.Group{ID: groupStart, Title: "Start here:"},
		&cobra.Group{ID: groupWrite, Title: "Write a series:"},
		&cobra.Group{ID: groupPeople, Title: "The readers:"},
		&cobra.Group{ID: groupRun, Title: "Run it:"},
	)
	addGroup(root, groupStart, newDemo(e), newInit(e), newVersion(e))
	addGroup(root, groupWrite, newNew(e), newCheck(e), newRender(e), newPreview(e), newSendTest(e), newInbox(e), newPlan(e), newForecast(e), newApprove(e), newMv(e))
	addGroup(root, groupPeople, newImport(e), newImports(e), newExport(e), newSubscriber(e), newSuppression(e), newCampaign(e), newLog(e), newReport(e), newSettle(e))
	addGroup(root, groupRun, newServe(e), newStatus(e), newHold(e), newUnhold(e), newVerify(e), newBackup(e), newDKIM(e), newSecret(e), newMigrate(e), newAudit(e), newSimulate(e))
	root.SetHelpCommand(newHelp())
	root.SetHelpCommandGroupID(groupStart)
	root.SetCompletionCommandGroupID(groupRun)
	root.InitDefaultCompletionCmd()
	if shells, _, err := root.Find([]string{"completion"}); err == nil {
		shells.Args, shells.RunE = noSuchCommand, showHelp
	}
	return root
}

func addGroup(root *cobra.Command, id string, commands ...*cobra.Command) {
	for _, c := range commands {
		c.GroupID = id
		root.AddCommand(c)
	}
}

// newNoun returns a command that only has subcommands.
func newNoun(use, short, example string, commands ...*cobra.Command) *cobra.Command {
	noun := &cobra.Command{Use: use, Short: short, Example: example, Args: noSuchCommand, RunE: showHelp}
	noun.AddCommand(commands...)
	return noun
}

func showHelp(cmd *cobra.Command, _ []string) error { return cmd.Help() }

// newHelp returns the help command, which knows what does not exist.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Help about any command",
		Example: "  partwork help campaign pause",
		RunE: func(cmd *cobra.Command, args []string) error {
			topic, rest, err := cmd.Root().Find(args)
			if err != nil {
				return err
			}
			if topic.HasSubCommands() {
				if err := noSuchCommand(topic, rest); err != nil {
					return err
				}
			}
			return topic.Help()
		},
	}
}

// noSuchCommand refuses arguments of a command that only has subcommands.
func noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	advice := "`" + cmd.CommandPath() + " --help` lists the commands"
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	if near := nearest(args[0], names); near != "" {
		advice = "did you mean `" + cmd.CommandPath() + " " + near + "`?"
	}
	return usagef(advice, "%q is no command of %s", args[0], cmd.CommandPath())
}

// flagKinds names what a flag wants to be given, by pflag's name of its type.
var flagKinds = map[string]string{
	"bool": "true or false", "int": "a whole number", "uint64": "a whole number", "duration": "a length of time, such as 4s or 1m",
}

// flagError explains a flag that cannot be used.
func flagError(cmd *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		flag := invalid.GetFlag()
		return usagef("`"+cmd.CommandPath()+" --help` shows the flags",
			"--%s: %q cannot be used; expected %s", flag.Name, invalid.GetValue(), flagKinds[flag.Value.Type()])
	}
	message := err.Error()
	advice := "`" + cmd.CommandPath() + " --help` shows the flags"
	if typed, ok := strings.CutPrefix(message, "unknown flag: --"); ok {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := nearest(typed, names); near != "" {
			advice = "did you mean --" + near + "?"
		}
	}
	return usagef(advice, "%s", message)
}

// argCount refuses the wrong number of arguments, naming them as Use does. The
// most may be -1 for any number.
func argCount(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= least && (most < 0 || len(args) <= most) {
			return nil
		}
		found := "too many arguments"
		if len(args) < least {
			found = "something is missing"
		}
		return usagef("see `"+cmd.CommandPath()+" --help` for examples", "%s; expected: %s", found, cmd.UseLine())
	}
}
