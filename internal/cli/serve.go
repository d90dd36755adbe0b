package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"partwork/internal/app"
	"partwork/internal/campaignfile"
	"partwork/internal/config"
)

func newServe(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run scheduler, sender and pages until stopped",
		Long: "Sends what is due, serves the readers' pages and watches the campaign files. SIGTERM or Ctrl-C stops\n" +
			"it gracefully: what is on its way is finished. A second one cuts the connections at once; messages\n" +
			"cut at their very end become unknown, and are shown by `partwork log --unknown`.",
		Example: "  partwork serve\n  partwork serve --config /etc/partwork/partwork.yaml",
		Args:    argCount(0, 0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return e.serve(cmd.Context()) },
	}
}

func (e *env) serve(ctx context.Context) error {
	cfg, err := e.config()
	if err != nil {
		return err
	}
	if err := cfg.CheckRelay(); err != nil {
		return err
	}
	log := newLogger(e.stderr, cfg.Log)
	in, err := e.openWith(ctx, app.Options{Config: cfg, Log: log, ToServe: true})
	if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		return nil // told to stop before it began, perhaps while it listened for another machine
	}
	if err != nil {
		return served(err)
	}
	defer func() {
		if err := in.Close(); err != nil {
			log.Error("close", "error", err)
		}
	}()
	if err := refusePlaceholders(in); err != nil {
		return err
	}
	err = in.Serve(ctx, app.ServeOptions{
		Abort: e.abort,
		Ready: func(public, private net.Addr) { e.announce(cfg, log, public, private) },
	})
	if errors.Is(err, syscall.EADDRINUSE) {
		return failf("perhaps the serve of another database is running; listen: and listen_private: in "+
			e.configFile+" choose other ports", "%s or %s is in use already", cfg.Listen, cfg.ListenPrivate)
	}
	return served(err)
}

// served says what to do if err is about another serve.
func served(err error) error {
	if !errors.Is(err, app.ErrServed) {
		return err
	}
	return failf("stop that one first, with SIGTERM; the other commands work beside it, and `partwork status` asks how it is",
		"%v", err)
}

// refusePlaceholders refuses to mail strangers with a sender or an address that
// was meant to be replaced. A relay on this machine keeps the mail here.
func refusePlaceholders(in *app.Instance) error {
	if in.Config.RelayIsLoopback() {
		return nil
	}
	lines := placeholders(in)
	if len(lines) == 0 {
		return nil
	}
	return usagef("write the real values, or let the name of a folder that is not in use start with \"_\"",
		"nothing is sent through %s while there are placeholders:\n%s", in.Config.BeyondLoopback(), strings.Join(lines, "\n"))
}

// placeholders names the values of campaigns that were meant to be replaced.
func placeholders(in *app.Instance) []string {
	var lines []string
	for _, f := range in.Library.Findings() {
		if f.Rule == campaignfile.RulePlaceholder {
			lines = append(lines, f.String())
		}
	}
	var unseen []string
	for _, p := range in.Library.Programs() {
		for key, value := range map[string]string{
			"from": p.Campaign.From.Address.String(), "postal_address": p.Campaign.PostalAddress,
		} {
			file := p.Campaign.ID + "/campaign.yaml"
			known := slices.ContainsFunc(lines, func(line string) bool {
				return strings.HasPrefix(line, file) && strings.Contains(line, key)
			})
			if config.IsPlaceholder(value) && !known {
				unseen = append(unseen, fmt.Sprintf("%s: %s is still a placeholder: %q", file, key, value))
			}
		}
	}
	slices.Sort(unseen)
	return append(lines, unseen...)
}

// announce says where the pages are.
func (e *env) announce(cfg *config.Config, log *slog.Logger, public, private net.Addr) {
	readers, health := app.Scheme(cfg)+"://"+public.String()+"/", "http://"+private.String()+"/readyz"
	if cfg.Log.Format == config.LogJSON {
		log.Info("serving", "pages", readers, "public_url", cfg.PublicURL, "health", health, "relay", relayText(cfg))
		return
	}
	e.note("readers' pages: %s (readers reach them at %s)", readers, cfg.PublicURL)
	e.note("health: %s", health)
	e.note("relay: %s; stop with Ctrl-C", relayText(cfg))
	e.note("next, in another terminal: `partwork status` says how it is, `partwork log` who got what")
}

// newLogger logs as the configuration says.
func newLogger(w io.Writer, cfg config.Log) *slog.Logger {
	opts := &slog.HandlerOptions{Level: cfg.Level}
	if cfg.Format == config.LogJSON {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}
