package cli

import (
	"context"
	"errors"
	"net"

	"github.com/spf13/cobra"

	"partwork/internal/config"
	"partwork/internal/inbox"
	"partwork/internal/loopback"
)

func newInbox(e *env) *cobra.Command {
	var smtp, listen string
	cmd := &cobra.Command{
		Use:   "inbox",
		Short: "Be the relay yourself: keep all mail on this machine and show it",
		Long: "Takes the place of a relay for trying things out: an SMTP server on this machine that accepts mail for\n" +
			"any address and delivers none of it, and a page to read it on. It listens where smtp: of the\n" +
			"configuration points, so that send-test and serve find it. Everything is kept in memory and gone when\n" +
			"it is interrupted.",
		Example: "  partwork inbox\n  partwork inbox --listen 127.0.0.1:8025 --smtp 127.0.0.1:1025",
		Args:    argCount(0, 0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return e.inbox(cmd.Context(), smtp, listen) },
	}
	cmd.Flags().StringVar(&smtp, "smtp", "", "the loopback `ADDRESS` to take mail on; where smtp: points if empty")
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8025", "the loopback `ADDRESS` of the page; port 0 is any free one")
	return cmd
}

func (e *env) inbox(ctx context.Context, smtp, listen string) error {
	if smtp == "" {
		cfg, err := e.files()
		if err != nil {
			return err
		}
		if smtp = cfg.SMTP.Address(); cfg.SMTP.TLS != config.TLSNone || cfg.SMTP.Username != "" {
			e.note("the inbox knows neither TLS nor passwords: to send to it, write tls: none and no username below smtp: in %s", e.configFile)
		}
	}
	for flag, address := range map[string]string{"--smtp": smtp, "--listen": listen} {
		if !loopback.Address(address) {
			return usagef("write "+flag+" 127.0.0.1:1025, and the same below smtp: in the configuration",
				"the inbox is for this machine only: %q is no loopback address with a port", address)
		}
	}
	mail, err := net.Listen("tcp", smtp)
	if err != nil {
		return failf("stop what listens there, or choose another --smtp address and write it below smtp:", "the inbox cannot take mail: %v", err)
	}
	page, err := net.Listen("tcp", listen)
	if err != nil {
		_ = mail.Close()
		return failf("stop what listens there, or choose another --listen address", "the page of the inbox cannot be served: %v", err)
	}
	return e.keepInbox(ctx, mail, page)
}

// keepInbox takes mail and serves the page until ctx ends, or one of the two fails.
func (e *env) keepInbox(ctx context.Context, mail, page net.Listener) error {
	box := inbox.New(inbox.Options{})
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	taking := make(chan error, 1)
	go func() {
		defer stop()
		taking <- box.Serve(ctx, mail)
	}()
	e.note("inbox: http://%s/ shows what arrives at %s; nothing leaves this machine (stop it with Ctrl-C)", page.Addr(), mail.Addr())
	e.note("next, in another terminal: `partwork send-test CAMPAIGN/ISSUE --to you@example.org`, or `partwork serve`")
	err := servePages(ctx, page, box.Handler(inbox.PageOptions{}))
	stop()
	return errors.Join(err, <-taking)
}
