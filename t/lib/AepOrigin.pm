package AepOrigin;

# The shop behind nginx, for a test file: a web server that sends exactly the bytes it was told, in the pieces it was
# told. Ends with the test.
#
#     my $origin = AepOrigin->start;
#     my $url = $origin->url('home', ["HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", '<!doc', 'type html>']);
#
# A connection ends with its answer. Between two pieces is time for nginx to read the first one alone; a piece that is
# a reference to a number is a longer time, one to a name the time until somebody calls `go_on` with that name.

use strict;
use warnings;

use File::Temp ();
use IO::Socket::INET ();
use POSIX ();
use Socket qw(IPPROTO_TCP TCP_NODELAY);
use Storable ();
use Time::HiRes qw(sleep);

my %owner_of;    # processes that we started, and which process of the test did

# `pause`: the seconds between two pieces.
sub start {
    my ($class, %options) = @_;
    my $directory = File::Temp->newdir('aep-origin-XXXXXX', TMPDIR => 1);
    my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 64, Proto => 'tcp', ReuseAddr => 1)
        or die "listen: $@";
    my $self = bless { directory => $directory, port => $socket->sockport, pause => $options{pause} // 0.004 }, $class;

    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        $self->_serve($socket, getppid);
        POSIX::_exit(0);
    }
    $owner_of{$pid} = $$;
    return $self;
}

sub port { return $_[0]{port} }

# Says what is at a path and below it, and returns the URL of it. The first piece begins with the header.
sub url {
    my ($self, $name, $pieces) = @_;
    Storable::nstore($pieces, "$self->{directory}/$name.new");
    rename "$self->{directory}/$name.new", "$self->{directory}/$name" or die "$name: $!";
    return "http://127.0.0.1:$self->{port}/$name/";
}

sub go_on {
    my ($self, $name) = @_;
    open my $out, '>', "$self->{directory}/$name.sign" or die "$name: $!";
    close $out;
    return;
}

sub _pause {
    my ($self, $piece) = @_;
    return sleep $piece if $piece =~ /^[\d.]+$/;
    my $sign = "$self->{directory}/$piece.sign";
    sleep 0.01 until -e $sign || getppid == 1;
    unlink $sign;
    return;
}

# A response as text, as a list of pieces: `[pause]` cuts it, `[silence]` is a pause of five seconds, `[length]` the body's
# length. With "Transfer-Encoding: chunked" each piece is a chunk; `[end]` there leaves the last chunk out. `size` cuts
# the body further.
sub pieces {
    my ($text, $size) = @_;
    $text =~ s/\n\z//;
    my ($header, $body) = split /\n\n/, $text, 2;
    $body //= '';
    my $has_end = $body !~ s/\[end\]\z//;
    my @pieces = grep { length } split /\[pause\]|(?=\[silence\])|(?<=\[silence\])/, $body;
    @pieces = map { unpack "(a$size)*", $_ } @pieces if $size;
    @pieces = map { $_ eq '[silence]' ? \5 : $_ } @pieces;
    my $length = length join '', grep { !ref } @pieces;

    $header =~ s/\[length\]/$length/;
    $header =~ s/\n/\r\n/g;
    if ($header =~ /^Transfer-Encoding: chunked/mi) {
        @pieces = map { ref ? $_ : sprintf "%x\r\n%s\r\n", length, $_ } @pieces;
        push @pieces, "0\r\n\r\n" if $has_end;
    }
    my $first = ref $pieces[0] ? '' : shift @pieces // '';
    return ["$header\r\n\r\n$first", @pieces];
}

sub _serve {
    my ($self, $socket, $parent) = @_;
    $SIG{PIPE} = 'IGNORE';
    $socket->timeout(1);
    while (getppid == $parent) {
        my $client = $socket->accept or next;
        $client->setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
        $self->_answer($client);
        close $client;
    }
    return;
}

sub _answer {
    my ($self, $client) = @_;
    my $request = '';
    until ($request =~ /\r\n\r\n/) {
        sysread $client, $request, 65536, length $request or return;
    }
    my ($method, $name) = $request =~ m{^(\S+) /([\w.-]+)} or return;
    my $pieces = eval { Storable::retrieve("$self->{directory}/$name") }
        // ["HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"];
    $pieces = [$pieces->[0] =~ /^(.*?\r\n\r\n)/s] if $method eq 'HEAD';
    for my $i (0 .. $#$pieces) {
        my $piece = $pieces->[$i];
        if (ref $piece) {
            $self->_pause($$piece);
        } else {
            sleep $self->{pause} if $i > 0;
            syswrite $client, $piece or return;
        }
    }
    return;
}

END {
    local $?;
    for my $pid (grep { $owner_of{$_} == $$ } keys %owner_of) {
        kill TERM => $pid;
        waitpid $pid, 0;
    }
}

1;
