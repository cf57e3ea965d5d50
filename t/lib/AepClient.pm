package AepClient;

# A browser's requests over plain sockets: many at once, half ones, and ones whose answers nobody waits for.
#
#     my $client = AepClient->new($port);
#     my $answer = $client->post('/ee/v1/interact', $json, Cookie => 'a=b');    # status, headers, body, seconds
#     my $waiting = $client->begin('POST', '/ee/v1/interact', $json);
#     my $answer = $waiting->answer(timeout => 5);

use strict;
use warnings;

use IO::Select ();
use IO::Socket::INET ();
use Time::HiRes ();

# What Chromium sends with a fetch of alloy's from a page of the shop.
sub page_header {
    return (
        'Host'           => 'shop.example',
        'Origin'         => 'https://shop.example',
        'Sec-Fetch-Site' => 'same-origin',
        'Content-Type'   => 'text/plain; charset=UTF-8',
    );
}

sub new {
    my ($class, $port) = @_;
    return bless { port => $port }, $class;
}

sub get { my ($self, $path, %header) = @_; return $self->begin('GET', $path, '', %header)->answer }

sub post { my ($self, $path, $body, %header) = @_; return $self->begin('POST', $path, $body, %header)->answer }

# Sends a request and does not wait. Header members given here replace a page's; undef leaves one out.
sub begin {
    my ($self, $method, $path, $body, %header) = @_;
    %header = (page_header(), Connection => 'close', 'Content-Length' => length $body, %header);
    my $text = join '', "$method $path HTTP/1.1\r\n",
        (map { "$_: $header{$_}\r\n" } grep { defined $header{$_} } sort keys %header), "\r\n", $body;
    return $self->begin_raw($text);
}

# Sends text as it is.
sub begin_raw {
    my ($self, $text) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port}, Proto => 'tcp')
        or die "cannot connect to port $self->{port}: $@";
    local $SIG{PIPE} = 'IGNORE';
    my $begun = Time::HiRes::time();
    $socket->syswrite($text) // die "cannot write to port $self->{port}: $!";
    return bless { socket => $socket, text => '', begun => $begun }, 'AepClient::Waiting';
}

package AepClient::Waiting;

sub socket { return $_[0]{socket} }

# Goes away, as a browser does whose page is left: with a reset where `abruptly`.
sub abandon {
    my ($self, $abruptly) = @_;
    $self->{socket}->sockopt(Socket::SO_LINGER(), pack 'ii', 1, 0) if $abruptly;
    close delete $self->{socket};
    return;
}

# The answer, once it is there; status 0 where there is none in time, or the connection ends without one.
sub answer {
    my ($self, %options) = @_;
    my $deadline = Time::HiRes::time() + ($options{timeout} // 60);
    my $select   = IO::Select->new($self->{socket});
    until ($self->_is_complete) {
        my $left = $deadline - Time::HiRes::time();
        last if $left <= 0 || !$select->can_read($left);
        last unless $self->{socket}->sysread($self->{text}, 65536, length $self->{text});
    }
    return $self->_parse(Time::HiRes::time() - $self->{begun});
}

sub _is_complete {
    my $self = shift;
    my ($head, $body) = split /\r\n\r\n/, $self->{text}, 2;
    return 0 unless defined $body;
    return 1 if $head =~ m{^HTTP/\S+ (?:204|304)};
    return length $body >= $1 if $head =~ /^Content-Length: (\d+)/im;
    return $head =~ /^Transfer-Encoding: chunked/im && $body =~ /(?:^|\r\n)0\r\n\r\n$/;
}

sub _parse {
    my ($self, $seconds) = @_;
    my ($head, $body) = split /\r\n\r\n/, $self->{text}, 2;
    my ($status) = ($head // '') =~ m{^HTTP/\S+ (\d+)};
    my %headers;
    push @{ $headers{ lc $1 } }, $2 while ($head // '') =~ /^([^:\r\n]+): *([^\r\n]*)/mg;
    if (($headers{'transfer-encoding'}[0] // '') eq 'chunked') {
        my ($chunks, $whole) = ($body, '');
        while ($chunks =~ s/^([0-9a-f]+)\r\n//i) {
            $whole .= substr $chunks, 0, hex $1, '';
            $chunks =~ s/^\r\n//;
        }
        $body = $whole;
    }
    return { status => $status // 0, headers => \%headers, body => $body // '', seconds => $seconds };
}

1;
