use strict;
use warnings;

# A page comes in two writes, cut at every byte, and is the same for the visitor as in one: what is held
# goes out with the end, wherever nginx puts the mark of the end.

use AepOrigin;
use AepServer;
use AepTag;
use IO::Compress::Gzip ();
use IO::Uncompress::Gunzip ();
use Test::More;

my %document = (
    page => qq{\xef\xbb\xbf<!-- <head> --><!DOCTYPE html PUBLIC "-//a" 'b'><html lang=en data-x="<head>"><head id='>'>[tag]}
        . '<meta charset="utf-8"><title>Shop</title></head><body>Welcome</body></html>',
    late => '<!doctype html><html><head><title><!-- <meta charset=a> --></title><!-- <meta charset=b> --><link rel=icon>'
        . '<meta name="x" content="charset=c"><META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=utf-8">[tag]'
        . '<base href="/"></head><body>Welcome</body></html>',
    implied  => "\n<html>\n<!-- a --><body class='a'>Welcome</body></html>" =~ s/(?=<body)/[tag]/r,
    end      => '<!doctype html><html><head><title>Shop</title>[tag]',
    fragment => ' <!-- a --><div><head><title>3 items</title></head></div>',
    amp      => '<!doctype html><html lang="en" amp4email><head><meta charset="utf-8"></head></html>',
);

# With the tag at the end of <head>.
my %ends_with_tag = (
    page => '<!doctype html><html><head><title></head></title><script>/* </head> */</script><!-- x --><link rel=a>[tag]</head>',
    implied  => "<!doctype html>\n<meta name=a content=b><style>a{}</style>\n[tag]<p>Welcome",
    end      => '<!doctype html><html><head><title>Shop</title> &Tab;[tag]',
    policy   => q{<!doctype html><head><base href=/><meta http-equiv=Content-Security-Policy content="script-src 'self'">}
        . q{[tag]<meta http-equiv=Content-Security-Policy content="script-src 'none'"></head>},
    fragment => '<div><head></head></div>',
    lost     => '<!doctype html><head><title>x</title><link rel=a><script>',
);

# How a body is sent: what it becomes, its header, and what each of its pieces becomes.
my %framing = (
    length  => { header => "HTTP/1.1 200 OK\r\nContent-Length: [length]\r\n" },
    chunked => { header => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n", piece => \&chunk },
    close   => { header => "HTTP/1.0 200 OK\r\n" },
    gzip    => { header => "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: [length]\r\n", body => \&gzip },
);

sub chunk { my $piece = shift; return length $piece ? sprintf "%x\r\n%s\r\n", length $piece, $piece : '' }

sub gzip { my $text = shift; IO::Compress::Gzip::gzip(\$text => \my $out, Minimal => 1); return $out }

sub gunzip { my $data = shift; IO::Uncompress::Gunzip::gunzip(\$data => \my $text); return $text // 'no gzip' }

my $origin = AepOrigin->start(pause => 0.001);
my $origin_port = $origin->port;
my $server = AepServer->start(edge => 'http://127.0.0.1:1', workers => 1, server => <<"SERVER");
    location /on/ {
        proxy_pass          http://127.0.0.1:$origin_port/;
        proxy_http_version  1.1;
    }
    location /end/ {
        aep_tag_place       head_end;
        proxy_pass          http://127.0.0.1:$origin_port/;
        proxy_http_version  1.1;
        proxy_buffering     off;
        postpone_output     0;
    }
    location /off/ {
        proxy_pass          http://127.0.0.1:$origin_port/;
        proxy_http_version  1.1;
        proxy_buffering     off;
        postpone_output     0;
    }
SERVER
my $client = $server->client;

# The response for a body that is cut at a byte, in pieces.
sub pieces_of {
    my ($body, $framing, $at) = @_;
    my @pieces = grep { length } map { $framing->{piece} ? $framing->{piece}->($_) : $_ } unpack "a$at a*", $body;
    push @pieces, "0\r\n\r\n" if $framing->{piece};
    my $header = $framing->{header} =~ s/\[length\]/length $body/er . "Content-Type: text/html\r\n\r\n";
    return $at == 0 ? [$header, @pieces] : [$header . shift @pieces, @pieces];
}

# In which way the page is different for the visitor; nothing if in none.
sub difference {
    my ($expected, $body, $framing, $path) = @_;
    my $answer   = $client->get($path);
    my ($length) = @{ $answer->{headers}{'content-length'} // [] };
    my $text     = $answer->{headers}{'content-encoding'} ? gunzip($answer->{body}) : $answer->{body};
    my $got      = AepTag::marked($text);

    return "status $answer->{status}" if $answer->{status} != 200;
    return "it is \"$got\""           if $got ne $expected;
    return if $framing->{header} !~ /\[length\]/ || $framing->{body} && $expected =~ /\[tag\]/;
    return 'its length is not known' if !defined $length;
    return "its length is $length"   if $length != length $answer->{body};
    return 'it is compressed anew'   if $framing->{body} && $answer->{body} ne $body;
    return;
}

for my $name (sort keys %document) {
    for my $kind (sort keys %framing) {
        my $framing = $framing{$kind};
        my $plain   = $document{$name} =~ s/\[tag\]//r;
        my $body    = $framing->{body} ? $framing->{body}->($plain) : $plain;
        for my $buffering (qw(on off)) {
            my @differences;
            for my $at (0 .. length $body) {
                $origin->url('page', pieces_of($body, $framing, $at));
                my $difference = difference($document{$name}, $body, $framing, "/$buffering/page") // next;
                push @differences, "cut at byte $at: $difference";
                last if @differences > 2;
            }
            is(join("\n", @differences), '', "$name, proxy_buffering $buffering, $kind");
        }
    }
}

for my $name (sort keys %ends_with_tag) {
    for my $kind (sort keys %framing) {
        my $framing = $framing{$kind};
        my $plain   = $ends_with_tag{$name} =~ s/\[tag\]//r;
        my $body    = $framing->{body} ? $framing->{body}->($plain) : $plain;
        # A length that was announced for the tag is made up for.
        my $is_made_up = $name eq 'lost' && $kind eq 'length';
        my $expected   = $ends_with_tag{$name};
        my @differences;
        for my $at (0 .. length $body) {
            $origin->url('page', pieces_of($body, $framing, $at));
            my $text = $client->get('/end/page')->{body};
            next if $is_made_up && $text =~ /\A\Q$expected\E {300,}\z/;
            my $difference = $name eq 'lost' && $kind eq 'gzip'
                ? (gunzip($text) eq $expected ? next : 'it is ' . gunzip($text))
                : difference($expected, $body, $framing, '/end/page') // next;
            push @differences, "cut at byte $at: $difference";
            last if @differences > 2;
        }
        is(join("\n", @differences), '', "at the end of head, $name, $kind");
    }
}

$server->quit;
$server->is_clean('in all of it');
unlike($server->log, qr/\[error\]/, 'no error in the log');
done_testing;
