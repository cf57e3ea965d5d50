package AepIntake;

# A stand-in for a location with aep_back_office, as far as aep-backfill sees one: it takes NDJSON and answers with a
# result a line. Ends with the test.
#
#     my $intake = AepIntake->start(token => 'secret', answers => [{ status => 503, retry_after => 1 }, {}]);
#     my %times  = $intake->accepted;
#
# Each of `answers` is for one request, the last one for all that follow: `status` (202), `retry_after`, `body`;
# `cut` (closes the connection without an answer), `half` (in the middle of one), `full_after` (so many documents are
# taken, the others are unavailable), `delay` (seconds before the answer), `largest` (bytes; what is larger gets 413).
# A document is {"id": …}; one with a member "result" gets that, one that is no JSON is invalid.

use strict;
use warnings;

use File::Temp ();
use IO::Socket::INET ();
use JSON::PP ();
use Time::HiRes qw(sleep time);

my %owner_of;

sub start {
    my ($class, %options) = @_;
    my $directory = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);
    my $listening = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 16, Proto => 'tcp') or die "listen: $@";
    my $self = bless { directory => $directory, port => $listening->sockport, token => '', answers => [{}], %options }, $class;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        $SIG{PIPE} = 'IGNORE';
        $self->_serve($listening);
    }
    $owner_of{$pid} = $$;
    return $self;
}

sub url { return "http://127.0.0.1:$_[0]{port}/aep/back-office" }

# The requests that came, oldest first: time, header, documents, status.
sub requests {
    my $self = shift;
    return map { JSON::PP::decode_json($_) } $self->_lines('requests');
}

# How often each document was accepted, by its id.
sub accepted {
    my $self = shift;
    my %times;
    ++$times{$_} for map { s/\s+\z//r } $self->_lines('accepted');
    return %times;
}

sub _lines {
    my ($self, $name) = @_;
    open my $in, '<', "$self->{directory}/$name" or return;
    return <$in>;
}

sub _note {
    my ($self, $name, @lines) = @_;
    open my $out, '>>', "$self->{directory}/$name" or die "$name: $!";
    print {$out} map { "$_\n" } @lines;
    close $out or die "$name: $!";
    return;
}

sub _serve {
    my ($self, $listening) = @_;
    my @answers = @{ $self->{answers} };
    while (1) {
        my $connection = $listening->accept or next;
        my $answer = @answers > 1 ? shift @answers : $answers[0];
        $self->_answer($connection, $answer);
        close $connection;
    }
    return;
}

sub _answer {
    my ($self, $connection, $answer) = @_;
    my ($header, $body) = _read_request($connection) or return;
    my @documents = split /\n/, $body;
    sleep $answer->{delay} if $answer->{delay};
    my $status = $answer->{status} // 202;
    $status = 401 if length $self->{token} && $header !~ /^Authorization: Bearer \Q$self->{token}\E\r$/m;
    $status = 413 if $answer->{largest} && length $body > $answer->{largest};
    my $text = $answer->{body} // ($status == 202 ? $self->_results($answer, @documents) : qq({"title":"status $status"}));
    $self->_note('requests',
        JSON::PP::encode_json({ time => time, header => $header, documents => scalar @documents, status => $status }));
    return if $answer->{cut};
    my $type = $status == 202 ? 'application/x-ndjson' : 'application/problem+json';
    my $wait = defined $answer->{retry_after} ? "Retry-After: $answer->{retry_after}\r\n" : '';
    my $size = length $text;
    substr $text, int $size / 2, $size, '' if $answer->{half};
    print {$connection} "HTTP/1.1 100 Continue\r\n\r\n" if $answer->{interim};
    print {$connection} "HTTP/1.1 $status Some words\r\nContent-Type: $type\r\n${wait}Content-Length: $size\r\n"
        . "Connection: close\r\n\r\n$text";
    return;
}

sub _results {
    my ($self, $answer, @documents) = @_;
    my (@results, @accepted);
    for my $document (@documents) {
        my $line = @results + 1;
        # Most of them, and what is long: JSON::PP looks at each character.
        my $content = $document =~ /\A\{"id":"([\w-]+)"(?:,"text":"x*")?\}\r?\z/ ? { id => $1 } : eval { JSON::PP::decode_json($document) };
        my $result =
            defined $answer->{full_after} && $line > $answer->{full_after} ? { result => 'unavailable' }
            : !$content ? { result => 'invalid', reason => 'not JSON', expected => 'a JSON object' }
            : { result => $content->{result} // 'accepted', event => 'orderPlaced', id => $content->{id} };
        $result->{reason} = 'no such store' if $result->{result} eq 'invalid' && $content;
        push @accepted, $content->{id} // '' if $result->{result} eq 'accepted';
        push @results, '{"line":' . $line . ',' . substr JSON::PP->new->canonical->encode($result), 1;
    }
    $self->_note('accepted', @accepted);
    return join q(), map { "$_\n" } @results;
}

sub _read_request {
    my $connection = shift;
    my $header = '';
    while (defined(my $line = <$connection>)) {
        last if $line eq "\r\n";
        $header .= $line;
    }
    my ($size) = $header =~ /^Content-Length: (\d+)/mi or return;
    my $body = '';
    while (length $body < $size) {
        read $connection, $body, $size - length $body, length $body or return;
    }
    return ($header, $body);
}

END {
    for my $pid (grep { $owner_of{$_} == $$ } keys %owner_of) {
        local $?;
        kill TERM => $pid;
        waitpid $pid, 0;
    }
}

1;
