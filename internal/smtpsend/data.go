package smtpsend

import (
	"bytes"
	"context"
	"errors"
	"os"
	"time"

	"partwork/internal/drip"
)

// blockSize is how much of a message is written under one deadline.
const blockSize = 64 << 10

// errEarly ends a transaction whose relay replied before it had the message.
var errEarly = errors.New("the relay replied before the message was sent")

// Patience returns how long Data may take at most for a message of so many bytes: the
// reply to DATA, every block, and the reply to the final dot, each in its own time.
func (c *Conn) Patience(size int) time.Duration {
	stuffed := size + size/2 // a line of one dot gets another one
	blocks := stuffed/blockSize + 2
	return c.timeouts.Data + time.Duration(blocks)*c.timeouts.Block + c.timeouts.Final
}

// Data gives DATA, the message and the final dot, and returns the reply to it,
// or the reply or failure that ended the attempt. Offer must have succeeded.
// The message has CRLF line ends and no others; the dots are added here.
//
// A reply with phase final is about the whole message. With phase final and
// code 0 the relay may have accepted it. With any other phase it has not. When
// ctx ends, the connection is aborted.
func (c *Conn) Data(ctx context.Context, msg []byte) drip.Reply {
	c.ride = ride{}
	return c.data(ctx, msg, func() {})
}

// data is Data. It calls meanwhile while the reply to DATA is on its way; what that
// leaves in ride goes out with the final dot.
func (c *Conn) data(ctx context.Context, msg []byte, meanwhile func()) drip.Reply {
	defer c.watch(ctx)()
	if !wellFormed(msg) {
		c.Withdraw()
		return drip.Reply{Phase: drip.PhaseData, Code: 554, Enhanced: "5.6.0", Local: true,
			Text: "not sent: the message has a line end that is not CRLF"}
	}
	reply := c.begin(meanwhile)
	if reply.Code != 354 {
		c.Withdraw()
		return reply
	}
	if phase, err := c.sendMessage(msg); err != nil {
		reply := c.cutOff(phase, err)
		c.Abort() // never a command, never a dot: RFC 5321 §4.1.1.4
		return reply
	}
	c.wire.allow(c.timeouts.Final)
	return c.receive(drip.PhaseFinal, want2yz)
}

// cutOff says why the bytes of a message did not get through. A relay that does not
// wait for the dot to refuse it leaves a word before it hangs up; without a dot it
// cannot have taken the message. One that reads no more is not waited for again.
func (c *Conn) cutOff(phase drip.Phase, cause error) drip.Reply {
	if phase == drip.PhaseBody && !errors.Is(cause, os.ErrDeadlineExceeded) && c.parting() {
		code, text, err := readReply(c.client.Text.R)
		if err == nil && (code/100 == 4 || code/100 == 5) {
			return understand(phase, code, text)
		}
	}
	return c.fail(phase, cause)
}

// begin gives DATA. Nothing is written after it before the relay has agreed: DATA
// is the last of its group (RFC 2920 §3.1).
func (c *Conn) begin(meanwhile func()) drip.Reply {
	if err := c.ask(c.timeouts.Data, "DATA"); err != nil {
		return c.fail(drip.PhaseData, err)
	}
	if !c.broken {
		meanwhile()
		c.wire.allow(c.timeouts.Data)
	}
	return c.receive(drip.PhaseData, want354)
}

// sendMessage writes the message, with dots before its dots (RFC 5321 §4.5.2),
// and the final dot with what rides on it. On an error the phase says whether the
// relay can have got all of the message.
func (c *Conn) sendMessage(msg []byte) (drip.Phase, error) {
	c.block = c.block[:0]
	for rest := msg; len(rest) > 0; {
		var line []byte
		line, rest = cutLine(rest)
		if line[0] == '.' {
			c.block = append(c.block, '.')
		}
		c.block = append(c.block, line...)
		if len(c.block) < blockSize {
			continue
		}
		if err := c.writeBlock(); err != nil {
			return drip.PhaseBody, err
		}
	}
	if len(msg) > 0 && !bytes.HasSuffix(msg, []byte("\r\n")) {
		c.block = append(c.block, "\r\n"...)
	}
	if c.ride.commands != "" && c.wire.sealed {
		// A record that holds the dot and all that rides on it comes next.
		if err := c.writeBlock(); err != nil {
			return drip.PhaseBody, err
		}
	}
	c.block = append(c.block, ".\r\n"...)
	return c.writeLast()
}

// cutLine takes the first line off, with its line end.
func cutLine(msg []byte) (line, rest []byte) {
	if i := bytes.IndexByte(msg, '\n'); i >= 0 {
		return msg[:i+1], msg[i+1:]
	}
	return msg, nil
}

// writeLast writes the block that ends with the final dot. A reply that lies
// there already cannot be about this message, so the dot is not sent then.
func (c *Conn) writeLast() (drip.Phase, error) {
	if c.client.Text.R.Buffered() > 0 {
		return drip.PhaseBody, errEarly
	}
	dot := len(c.block)
	c.block = append(c.block, c.ride.commands...)
	c.wire.short, c.wire.taken = true, 0
	err := c.writeBlock()
	if err != nil && (!c.wire.short || !c.wire.sealed && c.wire.taken >= dot) {
		// The dot went out and something else failed.
		return drip.PhaseFinal, err
	}
	c.ride.said = err == nil && c.ride.commands != ""
	return drip.PhaseBody, err
}

// writeBlock writes what is gathered.
func (c *Conn) writeBlock() error {
	c.wire.allow(c.timeouts.Block)
	_, err := c.client.Text.W.Write(c.block)
	c.block = c.block[:0]
	if err != nil {
		return err
	}
	return c.client.Text.W.Flush()
}
